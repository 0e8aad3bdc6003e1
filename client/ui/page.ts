/**
 * Everything that the page shows, as signals: the only place that listens to the client library. It draws nothing
 * and sends nothing.
 */

import { batch, signal } from '@preact/signals'
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Limits, RoomSummary, Self } from '../../src/protocol.ts'
import { LOBBY } from '../../src/state/records.ts'
import type { Chat, OpenRoom, Status, Stop } from '../api.ts'
import { forgetDrafts } from './drafts.ts'
import { inOrder } from './news.ts'

/** Rooms that stay open behind the one on the screen, so that going back to them takes no time. */
const KEPT_OPEN = 6

export type DialogName = 'new room' | 'join' | 'invite' | 'name' | 'settings' | 'switcher' | 'shortcuts'
export type Drawer = 'rooms' | 'people'

/** What is being edited in the composer. */
export interface Editing {
  room: string
  message: string
  body: string
}

/** A message to be brought into view, and where in it. */
export interface Sought {
  message: string
  block: 'center' | 'nearest'
}

export type Page = ReturnType<typeof createPage>

export function createPage(chat: Chat) {
  const status = signal<Status>(chat.status)
  const retryAt = signal<number | null>(null)
  /** Why the server let nobody in any more; `null` while it does. */
  const ended = signal<string | null>(null)
  const me = signal<Self>(chat.me)
  const limits = signal<Limits | null>(chat.limits)
  const rooms = signal<readonly RoomSummary[]>([])
  /** Commands that wait for a connection or an answer. */
  const waiting = signal(0)
  /** The room on the screen; `null` while nobody knows yet which. */
  const open = signal<OpenRoom | null>(null)
  /** Moves whenever something in the room on the screen has changed. */
  const beat = signal(0)
  const dialog = signal<DialogName | null>(null)
  const drawer = signal<Drawer | null>(null)
  const editing = signal<Editing | null>(null)
  /** A message that somebody wants to see, although it may be beyond the edges of what is on the screen. */
  const sought = signal<Sought | null>(null)
  /** What went wrong with a message, by its id. */
  const troubles = signal<ReadonlyMap<string, string>>(new Map())
  /** What went wrong with the whole page: a room that is not there, a refused login. */
  const problem = signal<string | null>(null)

  let stop: Stop | null = null
  const kept: OpenRoom[] = []

  const read = () =>
    batch(() => {
      status.value = chat.status
      retryAt.value = chat.retryAt
      ended.value = chat.ended?.why ?? null
      me.value = chat.me
      limits.value = chat.limits
      rooms.value = inOrder(chat.rooms.values(), LOBBY)
      waiting.value = chat.pending.filter((command) => command.state === 'waiting').length
    })
  read()
  chat.subscribe(read)

  return {
    chat,
    status,
    retryAt,
    ended,
    me,
    limits,
    rooms,
    waiting,
    open,
    beat,
    dialog,
    drawer,
    editing,
    sought,
    troubles,
    problem,

    /** Puts a room on the screen. */
    show(room: string): OpenRoom {
      const shown = chat.open(room)
      if (open.value === shown) return shown
      stop?.()
      stop = shown.subscribe(() => {
        beat.value++
      })
      const at = kept.indexOf(shown)
      if (at >= 0) kept.splice(at, 1)
      kept.push(shown)
      for (const old of kept.splice(0, kept.length - KEPT_OPEN)) old.close()
      batch(() => {
        open.value = shown
        editing.value = null
        drawer.value = null
        problem.value = null
        beat.value++
      })
      return shown
    },

    /** A room that is no more: the next `show` opens it afresh. */
    drop(room: string): void {
      const at = kept.findIndex((one) => one.id === room)
      if (at >= 0) kept.splice(at, 1)[0]?.close()
    },

    /** Nobody is logged in any more: what was on the screen and what was begun is not for the next one. */
    forget(): void {
      forgetDrafts()
      stop?.()
      stop = null
      for (const old of kept.splice(0)) old.close()
      batch(() => {
        open.value = null
        editing.value = null
        drawer.value = null
        dialog.value = null
        problem.value = null
      })
    },

    /** Says next to a message what went wrong with it; `null` takes that back. */
    trouble(message: string, why: string | null): void {
      const next = new Map(troubles.value)
      if (why === null) next.delete(message)
      else next.set(message, why)
      troubles.value = next
    },
  }
}

export const PageContext = createContext<Page | null>(null)

export function usePage(): Page {
  const page = useContext(PageContext)
  if (!page) throw new Error('a view stands outside the page')
  return page
}
