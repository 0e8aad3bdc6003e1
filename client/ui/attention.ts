/** Tells a person who looks elsewhere: title, icon, badge, sound, notification. It draws nothing on the page. */

import { effect } from '@preact/signals'
import type { RoomSummary } from '../../src/protocol.ts'
import { chime } from './chime.ts'
import type { Navigation } from './navigation.ts'
import { newsBetween, unreadIn } from './news.ts'
import { notify } from './notify.ts'
import type { Page } from './page.ts'
import { notifications, sound } from './preferences.ts'
import { countText } from './words.ts'

export const isLookedAt = (): boolean => document.visibilityState === 'visible' && document.hasFocus()

export function watchAttention(page: Page, navigation: Navigation): void {
  effect(() => {
    const unread = unreadIn(page.rooms.value)
    const open = page.rooms.value.find((room) => room.room === page.open.value?.id)
    document.title = `${unread > 0 ? `(${countText(unread)}) ` : ''}${open ? `${open.name} · ` : ''}Parlour`
    showDot(unread > 0)
    showBadge(unread)
  })

  let before: ReadonlyMap<string, RoomSummary> = new Map()
  effect(() => {
    const after = new Map(page.rooms.value.map((room) => [room.room, room]))
    const news = newsBetween(before, after, page.me.value.id)
    before = after
    if (isLookedAt() || news.length === 0) return
    if (sound.value) chime()
    if (!notifications.value) return
    for (const room of news) {
      const { name, text } = room.last ?? { name: room.name, text: '' }
      notify(room.room, `${name} in ${room.name}`, text, () => navigation.go(room.room))
    }
  })
}

function showDot(isUnread: boolean): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]')
  const href = isUnread ? '/icons/icon-unread.svg' : '/icons/icon.svg'
  if (link && link.getAttribute('href') !== href) link.href = href
}

let badge = 0

function showBadge(unread: number): void {
  if (unread === badge || !('setAppBadge' in navigator)) return
  badge = unread
  const done = unread > 0 ? navigator.setAppBadge(unread) : navigator.clearAppBadge()
  done.catch(() => undefined) // only installed pages have a badge
}
