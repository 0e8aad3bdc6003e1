/** From the address bar to a room and back, without a reload. It draws nothing. */

import { effect, untracked } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { LOBBY } from '../../src/state/records.ts'
import type { OpenRoom } from '../api.ts'
import { Lost, Refused } from '../errors.ts'
import type { Place } from './address.ts'
import { codePath, lobbyPath, placeOf, roomPath } from './address.ts'
import type { Page } from './page.ts'
import { withoutField } from './words.ts'

export type Navigation = ReturnType<typeof createNavigation>

export function createNavigation(page: Page, browser: Window) {
  const { chat } = page
  /** Codes that this page has come to know, by room. */
  const codes = new Map<string, string>()

  let leaving: string | null = null
  /** Counts where one wanted to go, so that a late answer to an earlier wish moves nobody. */
  let wishes = 0
  /** The address could not be followed for want of a connection. */
  let isPutOff = false

  const codeOf = (room: string): string | null => {
    const open = page.open.value
    const code = open?.id === room ? (open.room.get('room', room)?.code ?? null) : null
    if (code) codes.set(room, code)
    return codes.get(room) ?? null
  }

  const pathOf = (room: string): string => {
    if (room === LOBBY) return lobbyPath
    const code = codeOf(room)
    return code ? codePath(code) : roomPath(room)
  }

  const wish = (): number => {
    if (isPutOff) page.problem.value = null
    isPutOff = false
    return ++wishes
  }

  const go = (room: string): void => {
    wish()
    page.show(room)
    const path = pathOf(room)
    if (path !== here()) browser.history.pushState(null, '', path)
  }

  const here = () => browser.location.pathname + browser.location.search

  /** The room of a place, having joined it if need be. */
  async function roomAt(place: Place): Promise<string> {
    switch (place.kind) {
      case 'lobby':
        return LOBBY
      case 'code': {
        for (const [room, code] of codes) if (code === place.code && chat.rooms.has(room)) return room
        return chat.join(place.code)
      }
      case 'room':
        if (chat.rooms.has(place.room)) return place.room
        throw new Refused('not_found', 'You are not in this room any more.')
      case 'nowhere':
        throw new Refused('not_found', `“${place.typed}” is not a room code: it has 10 letters and digits.`)
    }
  }

  /** Before anything is known of the server: whoever is headed for the lobby can write at once. */
  function begin(): void {
    if (placeOf(browser.location.pathname, browser.location.search).kind === 'lobby') page.show(LOBBY)
  }

  /** Shows what the address bar says; if that cannot be, the lobby and why. */
  async function follow(): Promise<void> {
    const wished = wish()
    try {
      const room = await roomAt(placeOf(browser.location.pathname, browser.location.search))
      if (wished === wishes) page.show(room)
    } catch (error) {
      if (wished !== wishes) return
      page.show(LOBBY)
      if (error instanceof Lost) {
        isPutOff = true
        page.problem.value = 'There is no connection: this link is followed once it is back.'
        return
      }
      browser.history.replaceState(null, '', lobbyPath)
      page.problem.value = `This link leads nowhere. ${sentenceOf(error)} You are in the lobby now.`
    }
  }

  /** Out of a room, and into the lobby. Throws what went wrong. */
  async function leave(open: OpenRoom): Promise<void> {
    leaving = open.id
    try {
      await open.leave()
    } finally {
      leaving = null
    }
    page.drop(open.id)
    if (page.open.value === open) go(LOBBY)
  }

  effect(() => {
    if (page.status.value === 'connected' && isPutOff) untracked(() => void follow())
  })

  // A room that vanished, or that I left on another device. Who was in it stays until they do something: whatever is
  // being typed there is not for the lobby.
  effect(() => {
    page.beat.value
    const open = page.open.value
    if (!open?.isGone || open.id === leaving || open.id === LOBBY) return
    const name = open.room.get('room', open.id)?.name
    untracked(() => {
      page.drop(open.id)
      if (!open.isReady) go(LOBBY)
    })
    page.problem.value = `${name ? `“${name}”` : 'This room'} is no more, or you have left it on another device.`
  })

  return {
    go,
    leave,
    pathOf,
    begin,
    follow,
    /** The whole address of a room, to be given to others. */
    linkTo: (room: string): string => browser.location.origin + pathOf(room),
    /** Writes the code into the address bar as soon as it is known. */
    settle(): void {
      const open = page.open.value
      if (!open) return
      const path = pathOf(open.id)
      if (path !== here()) browser.history.replaceState(null, '', path)
    },
    /** The next room in the list, up or down. */
    step(by: 1 | -1, onlyUnread: boolean): void {
      const rooms = page.rooms.value.filter(
        (room) => !onlyUnread || room.unread > 0 || room.room === page.open.value?.id,
      )
      const at = rooms.findIndex((room) => room.room === page.open.value?.id)
      const next = rooms[(at + by + rooms.length) % rooms.length]
      if (next) go(next.room)
    },
  }
}

/** What to tell a person about a failed command. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Refused) return withoutField(error.why)
  return 'There is no connection. Try again when it is back.'
}

export const NavigationContext = createContext<Navigation | null>(null)

export function useNavigation(): Navigation {
  const navigation = useContext(NavigationContext)
  if (!navigation) throw new Error('a view stands outside the page')
  return navigation
}
