/**
 * My desk: my name and how far I have read each room, so that all my devices agree. Marks are sent at most once per
 * second and room, the last one always; until its answer a mark counts already here.
 */

import type { HelloFrame, Self, SyncFrame } from '../src/protocol.ts'
import type { Stop } from './api.ts'
import { Refused } from './errors.ts'
import type { ReplicaHost } from './replica.ts'
import { Replica } from './replica.ts'

/** ms between two marks of one room. */
const PAUSE = 1_000

interface Mark {
  rev: number
  back: boolean
}

/** A mark on its way; `storedAt`: the rev of the desk that brings it, once it is answered. */
interface Marking {
  mark: Mark
  storedAt: number | null
}

export interface DeskEvents {
  /** I read a room, here or elsewhere; `null`: perhaps all of them, or my name has changed. */
  changed(room: string | null): void
}

export class Desk {
  readonly #host: ReplicaHost
  readonly #events: DeskEvents
  readonly #marks = new Map<string, Marking>()
  readonly #pauses = new Map<string, Stop>()
  #self: Self = { id: '', name: '', desk: '' }
  #replica: Replica | null = null

  constructor(host: ReplicaHost, events: DeskEvents) {
    this.#host = host
    this.#events = events
  }

  get self(): Self {
    return this.#self
  }

  hello({ user }: HelloFrame): void {
    if (user.id !== this.#self.id) this.close()
    this.#self = user
    this.#replica ??= new Replica(user.desk, this.#host, {
      opened: () => this.#follow(),
      // A desk is always mine; should it not open, the name in `hello` and what is read here have to do.
      refused: () => undefined,
    })
    this.#replica.open()
    for (const [room, marking] of this.#marks) {
      // Answered before, but not brought: perhaps the server was set back.
      marking.storedAt = null
      this.#send(room)
    }
  }

  /** `true`: it was the desk's. */
  sync(frame: SyncFrame): boolean {
    if (frame.room !== this.#replica?.room.id) return false
    if (this.#replica.sync(frame)) this.#follow()
    return true
  }

  beat(rooms: Record<string, number>): void {
    const rev = rooms[this.#self.desk]
    if (rev !== undefined) this.#replica?.beat(rev)
  }

  /** Rev up to which I have read a room; `null`: never marked. */
  readUpTo(room: string): number | null {
    return this.#marks.get(room)?.mark.rev ?? this.#replica?.room.get('read', room)?.rev ?? null
  }

  /** `back`: what comes after is unread again. */
  mark(room: string, rev: number, back: boolean): void {
    this.#marks.set(room, { mark: { rev, back }, storedAt: null })
    this.#events.changed(room)
    this.#send(room)
  }

  close(): void {
    this.#replica?.close()
    this.#replica = null
    this.#marks.clear()
    for (const stop of this.#pauses.values()) stop()
    this.#pauses.clear()
  }

  #follow(): void {
    const reached = this.#replica?.room.rev ?? 0
    for (const [room, { storedAt }] of this.#marks)
      if (storedAt !== null && storedAt <= reached) this.#marks.delete(room)
    const name = this.#replica?.room.get('profile', this.#self.id)?.name
    if (name !== undefined && name !== this.#self.name) this.#self = { ...this.#self, name }
    this.#events.changed(null)
  }

  #send(room: string): void {
    const marking = this.#marks.get(room)
    // Without a connection it waits for the next `hello`.
    if (!marking || marking.storedAt !== null || this.#pauses.has(room) || !this.#host.isConnected) return
    const pause = this.#host.clock.after(PAUSE, () => {
      this.#pauses.delete(room)
      this.#send(room)
    })
    this.#pauses.set(room, pause)
    this.#host.ask('read.mark', { room, ...marking.mark }).then(
      ({ rev }) => {
        marking.storedAt = rev
        this.#follow()
      },
      (error) => {
        // Lost waits for the next connection; too fast, for the next turn.
        if (error instanceof Refused && error.retry === null) this.#forget(room, marking)
      },
    )
  }

  #forget(room: string, marking: Marking): void {
    if (this.#marks.get(room) === marking) this.#marks.delete(room)
    this.#events.changed(room)
  }
}
