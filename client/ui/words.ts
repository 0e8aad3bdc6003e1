/** Sentences that are put together from names and numbers. It knows no markup. */

import type { NoticeRecord } from '../../src/state/records.ts'

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** “Ada is typing”, at most three names; empty when nobody is. */
export function typingText(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length > 3) return 'Several people are typing'
  return `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} typing`
}

export function noticeText(notice: NoticeRecord): string {
  switch (notice.event) {
    case 'created':
      return `${notice.name} made this room`
    case 'joined':
      return `${notice.name} joined`
    case 'left':
      return `${notice.name} left`
    case 'renamed':
      return `${notice.was ?? 'Somebody'} is now ${notice.name}`
  }
}

/** “Ada, Bob and 3 more”. */
export function namesText(names: readonly string[], most = 8): string {
  if (names.length <= most) return list.format(names)
  return list.format([...names.slice(0, most), `${names.length - most} more`])
}

export const plural = (count: number, one: string, many: string): string =>
  `${count} ${count === 1 ? one : many}`

/** Unread counts stop at 99. */
export const countText = (count: number): string => (count > 99 ? '99+' : String(count))
