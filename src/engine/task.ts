/** One command on its way through a room, and what a room needs of the engine around it. */

import type { Actor, Command, Kept, Moment, Refusal } from '../feature.ts'
import type { Encoded } from './batch.ts'
import type { LiveRoom } from './live-room.ts'
import type { Meter } from './meter.ts'
import type { Clock, Log, Store, StoredJob } from './ports.ts'
import type { Tick } from './tick.ts'

export type Reply = Kept | Refusal

export interface Task {
  readonly command: Command
  /** As its checkers left them. */
  readonly fields: Record<string, unknown>
  readonly actor: Actor
  /** UTF-16 units of its frame. */
  readonly size: number
  /** Called exactly once, after everybody was told. */
  settle(reply: Reply): void
}

export interface RoomHost {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly tick: Tick
  readonly meter: Meter
  moment(at: number, now: number): Moment
  /** Whether the store has yet to be told that the person writes. */
  isNewAuthor(user: string): boolean
  committed(encoded: Encoded, jobs: StoredJob[]): void
  erased(room: LiveRoom): void
  /** The room is no longer to be used; `waiting` is for the next of its id. */
  drop(room: LiveRoom, waiting: Task[]): void
}
