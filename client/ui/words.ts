/** Sentences that are put together from names and numbers. It knows no markup. */

import type { NoticeRecord } from '../../src/state/records.ts'

/** Names in a notice. */
const MOST_NAMED = 3

const list = new Intl.ListFormat('en', { type: 'conjunction' })

/** “Ada is typing”, at most three names; empty when nobody is. */
export function typingText(names: readonly string[]): string {
  if (names.length === 0) return ''
  if (names.length > 3) return 'Several people are typing'
  return `${list.format(names)} ${names.length === 1 ? 'is' : 'are'} typing`
}

/** Of notices that are of one kind, oldest first; whoever came twice is named once, and of many the latest. */
export function noticeText(notices: readonly [NoticeRecord, ...NoticeRecord[]]): string {
  const [first] = notices
  const names = [...new Map(notices.map(({ user, name }) => [user, name])).values()]
  const who = namesText(names.length > MOST_NAMED ? names.reverse() : names, MOST_NAMED)
  switch (first.event) {
    case 'created':
      return `${who} made this room`
    case 'joined':
      return `${who} joined`
    case 'left':
      return `${who} left`
    case 'renamed':
      return `${first.was ?? 'Somebody'} is now ${first.name}`
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

/** “name: 1 to 40 …” names the field of the frame, which here has a label of its own. */
export const withoutField = (why: string): string =>
  why.replace(/^\w+: (\w)/, (_, first: string) => first.toUpperCase())
