/** The rooms at work: each at most once in memory, loaded when first needed, forgotten when idle and too many. */

import { randomBytes } from 'node:crypto'
import { nanoid } from 'nanoid'
import type { Moment } from '../feature.ts'
import { makeCode } from '../state/code.ts'
import { CHANCE, mintId } from '../state/mint.ts'
import type { RecordType, WireOf } from '../state/records.ts'
import { keyOf } from '../state/records.ts'
import { Room } from '../state/room.ts'
import type { Encoded } from './batch.ts'
import { LiveRoom } from './live-room.ts'
import type { Meter } from './meter.ts'
import type { Bus, Clock, Log, Store, StoredJob } from './ports.ts'
import { noteRow } from './rows.ts'
import type { RoomHost, Task } from './task.ts'
import type { Tick } from './tick.ts'

/** Rooms in memory; beyond it those go that were idle for longest. */
const MOST = 20_000
/** Authors remembered as known to the store. */
const MOST_AUTHORS = 100_000

export interface RoomsWorld {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly tick: Tick
  readonly meter: Meter
  /** What is to be done in other rooms after a commit. */
  jobs(jobs: readonly StoredJob[]): void
}

export class Rooms implements RoomHost {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly tick: Tick
  readonly meter: Meter
  readonly #world: RoomsWorld
  readonly #rooms = new Map<string, LiveRoom>()
  readonly #authors = new Set<string>()
  #uses = 0

  constructor(world: RoomsWorld) {
    this.#world = world
    this.store = world.store
    this.clock = world.clock
    this.log = world.log
    this.tick = world.tick
    this.meter = world.meter
  }

  get(id: string): LiveRoom {
    let room = this.#rooms.get(id)
    if (!room) {
      if (this.#rooms.size >= MOST) this.#makeSpace()
      room = new LiveRoom(this, id)
      this.#rooms.set(id, room)
    }
    room.usedAt = ++this.#uses
    return room
  }

  /** One record of a room, which need not be in memory for that, and is not put there. `null`: there is none. */
  async look<T extends RecordType>(id: string, type: T, record: string): Promise<WireOf<T> | null> {
    const known = this.#rooms.get(id)
    if (known) return (await known.loaded()).get(type, record) ?? null
    const room = new Room(id)
    for (const row of await this.store.read(id, [keyOf(type, record)], [])) noteRow(room, row)
    return room.get(type, record) ?? null
  }

  /** It will not be needed for long. */
  rest(id: string): void {
    if (this.#rooms.get(id)?.isIdle) this.#rooms.delete(id)
  }

  /** In memory. */
  get size(): number {
    return this.#rooms.size
  }

  moment(at: number, now: number): Moment {
    return { at, now, id: () => mintId(now, nanoid(CHANCE)), code: () => makeCode(randomBytes(10)) }
  }

  isNewAuthor(user: string): boolean {
    return !this.#authors.has(user)
  }

  committed({ batch, commit, text }: Encoded, jobs: StoredJob[]): void {
    if (this.#authors.size >= MOST_AUTHORS) this.#authors.clear()
    for (const user of batch.wrote) this.#authors.add(user)
    this.#world.bus.publish({ kind: 'commit', commit, text })
    this.#world.jobs(jobs)
  }

  erased(room: LiveRoom): void {
    this.#world.bus.publish({ kind: 'erased', room: room.id })
  }

  drop(room: LiveRoom, waiting: Task[]): void {
    if (this.#rooms.get(room.id) === room) this.#rooms.delete(room.id)
    for (const task of waiting) this.get(room.id).enqueue(task)
  }

  #makeSpace(): void {
    const idle = [...this.#rooms.values()].filter((room) => room.isIdle)
    idle.sort((a, b) => a.usedAt - b.usedAt)
    for (const room of idle.slice(0, Math.ceil(MOST / 10))) this.#rooms.delete(room.id)
  }
}
