/**
 * What comes due by itself: messages that expire, rooms that vanish, guests who are forgotten, tombstones that have
 * served. It only asks the rooms; they decide and store as always.
 */

import * as v from 'valibot'
import { command, del } from '../feature.ts'
import { isDue, splitKey } from '../state/records.ts'
import type { Clock, Log, Store } from './ports.ts'
import { Rounds, some } from './rounds.ts'
import type { EngineSettings } from './settings.ts'
import type { Reply } from './task.ts'

/** Removes the records of one room that are due. */
export const expire = command(
  'record.expire',
  { room: v.string(), keys: v.array(v.string()) },
  {
    permit: 'system',
    reads: (fields) => fields.keys,
    run: (room, fields, _actor, moment) =>
      fields.keys.flatMap((key) => {
        const [type, id] = splitKey(key)
        const record = room.get(type, id)
        return record && isDue(record, moment.now) ? [del(type, id)] : []
      }),
  },
)

/** Records that are removed at once, and how often in one round; the rest comes with the next. */
const MOST_DUE = 1_000
const TIMES = 16
/** Rooms that vanish, or guests who are forgotten, at the same time. */
const AT_ONCE = 16
/** Guests of one round. */
const MOST_FORGOTTEN = 100
/** ms between rounds that look for guests to forget. */
const GUESTS_EVERY = 60 * 60_000
/** ms within which what was deleted is gone from every file. */
const TIDY_EVERY = 30_000

export interface SweeperWorld {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: EngineSettings
  /** Whether a member of the room is here. */
  isInhabited(room: string): boolean
  /** Whether the person is connected: then they have not stayed away, whatever the clock says. */
  isHere(user: string): boolean
  submit(frame: string, fields: Record<string, unknown>): Promise<Reply>
  /** Forgets buckets and names that have run out. */
  sweepMemory(): void
}

export class Sweeper {
  readonly #world: SweeperWorld
  /** Rooms that vanish, and since when nobody is there; ms of the monotonic clock. */
  readonly #vanishing = new Map<string, number | null>()
  /** Messages expire on time, so they wait for nothing else. */
  readonly #expiry: Rounds
  readonly #rest: Rounds
  #guestsAt = 0
  #tidyAt = 0
  #hasDeleted = true

  constructor(world: SweeperWorld) {
    const { clock, log, settings } = world
    this.#world = world
    this.#expiry = new Rounds(clock, log, settings.sweepEvery, () => this.#expire())
    this.#rest = new Rounds(clock, log, settings.sweepEvery, () => this.#sweep())
  }

  async start(): Promise<void> {
    for (const room of await this.#world.store.vanishing()) this.watch(room)
    this.#guestsAt = this.#world.clock.elapsed()
    this.#expiry.start()
    this.#rest.start()
  }

  /** Waits for what is under way. */
  async stop(): Promise<void> {
    await Promise.all([this.#expiry.stop(), this.#rest.stop()])
  }

  /** The room vanishes when nobody has been there for the grace time. */
  watch(room: string): void {
    if (!this.#vanishing.has(room)) this.#vanishing.set(room, null)
  }

  unwatch(room: string): void {
    this.#vanishing.delete(room)
  }

  /** Something was deleted: its text is to leave the files soon. */
  deleted(): void {
    this.#hasDeleted = true
  }

  async #sweep(): Promise<void> {
    await this.#vanish()
    await this.#forgetGuests()
    this.#world.sweepMemory()
    await this.#tidy()
  }

  async #expire(): Promise<void> {
    const { store, clock, submit } = this.#world
    for (let n = 0; n < TIMES; n++) {
      const due = await store.expired(clock.now(), MOST_DUE)
      const rooms = Map.groupBy(due, ({ room }) => room)
      const asked = [...rooms].map(([room, of]) =>
        submit(expire.name, { room, keys: of.map(({ key }) => key) }),
      )
      const replies = await Promise.all(asked)
      if (due.length < MOST_DUE || replies.some(({ kind }) => kind === 'refusal')) return
    }
  }

  async #vanish(): Promise<void> {
    const now = this.#world.clock.elapsed()
    const due: string[] = []
    for (const [room, since] of this.#vanishing) {
      if (this.#world.isInhabited(room)) this.#vanishing.set(room, null)
      else if (since === null) this.#vanishing.set(room, now)
      else if (now - since >= this.#world.settings.vanishGrace) due.push(room)
    }
    // Who came back while others vanished keeps the room; only who comes while its own end is stored does not.
    await some(AT_ONCE, due, async (room) => {
      if (!this.#world.isInhabited(room)) await this.#world.submit('room.vanish', { room })
    })
  }

  async #forgetGuests(): Promise<void> {
    const { store, clock, settings } = this.#world
    if (clock.elapsed() < this.#guestsAt) return
    this.#guestsAt = clock.elapsed() + GUESTS_EVERY
    const users = await store.forgettable(clock.now() - settings.forgetGuestsAfter, MOST_FORGOTTEN)
    let forgotten = 0
    const absent = users.filter((user) => !this.#world.isHere(user))
    await some(AT_ONCE, absent, async (user) => {
      if (await this.#forget(user)) forgotten++
    })
    if (forgotten === MOST_FORGOTTEN) this.#guestsAt = 0
  }

  /** `false`: a room could not let them go, and nobody would ever ask it again if the person were gone. */
  async #forget(user: string): Promise<boolean> {
    const { store, submit } = this.#world
    for (const room of await store.roomsOf(user)) {
      const reply = await submit('room.forget', { room, user })
      if (reply.kind === 'refusal') return false
    }
    await store.forget(user)
    this.#hasDeleted = true
    return true
  }

  async #tidy(): Promise<void> {
    const { store, clock, settings } = this.#world
    if (!this.#hasDeleted || clock.elapsed() < this.#tidyAt) return
    // What is deleted from now on is for the next time.
    this.#hasDeleted = false
    try {
      await store.tidy(clock.now() - settings.tombstones)
      this.#tidyAt = clock.elapsed() + TIDY_EVERY
    } catch (error) {
      this.#hasDeleted = true
      throw error
    }
  }
}
