/**
 * What is read from the store for those who are behind: a few pages at once, in the order in which they were asked for,
 * however many are behind. Who wait for the same page share its bytes. It knows no connection and writes to none.
 */

import { aroundRecords } from './batch.ts'
import type { Lending } from './lendings.ts'
import { Lendings } from './lendings.ts'
import type { Encode, Store } from './ports.ts'
import { wholeTypes } from './rows.ts'
import type { EngineSettings } from './settings.ts'

/** Pages at once: enough for the store to have the next at hand, few enough for others to come between. */
const AT_ONCE = 3
/** Changes of one page. */
const PAGE = 500

/** A step on the way to the present. */
export interface Step {
  /** The `sync` for the wire, of which everybody says once that it is taken; `null`: nothing had changed. */
  page: Lending | null
  /** Where it leads. */
  rev: number
  /** There is more after it. */
  more: boolean
}

export interface CatchUpsWorld {
  readonly store: Store
  readonly settings: EngineSettings
  readonly encode: Encode
  now(): number
}

/** What the store had, as a frame; `null`: nothing had changed. */
interface Found {
  frame: Uint8Array | null
  rev: number
  more: boolean
}

/** Who asked. It is looked at just before reading: somebody may have left while it waited. */
export interface Reader {
  readonly isReading: boolean
}

/** Nobody has begun to read it, so that whoever asks now may have it too. */
interface Wanted {
  read: (space: Uint8Array | undefined) => Promise<Found | null>
  readers: Reader[]
  readonly promise: Promise<Step | null>
  resolve(step: Step | null): void
  reject(error: unknown): void
}

export class CatchUps {
  readonly #world: CatchUpsWorld
  /** By what is wanted, oldest first. */
  readonly #waiting = new Map<string, Wanted>()
  readonly #lendings = new Lendings()
  #running = 0

  constructor(world: CatchUpsWorld) {
    this.#world = world
  }

  /** What changed after a rev. `null`: too much, or too long ago, or nobody wanted it any more. */
  changes(room: string, since: number, reader: Reader): Promise<Step | null> {
    return this.#want(`${room} ${since}`, reader, (space) => this.#readChanges(room, since, space))
  }

  /** A fresh window, as this person sees it. */
  async window(room: string, user: string, reader: Reader): Promise<Step> {
    const read = (space?: Uint8Array) => this.#readWindow(room, user, space)
    const step = await this.#want(`${room} ${user} window`, reader, read)
    return step ?? { page: null, rev: 0, more: false }
  }

  #want(key: string, reader: Reader, read: Wanted['read']): Promise<Step | null> {
    const wanted = this.#waiting.get(key) ?? { read, readers: [], ...Promise.withResolvers<Step | null>() }
    wanted.readers.push(reader)
    this.#waiting.set(key, wanted)
    this.#next()
    return wanted.promise
  }

  #next(): void {
    if (this.#running === AT_ONCE) return
    for (const [key, wanted] of this.#waiting) {
      this.#waiting.delete(key)
      if (!wanted.readers.some(({ isReading }) => isReading)) {
        wanted.resolve(null)
        continue
      }
      this.#running++
      // Those who wanted it write it before the next is asked for.
      const done = () => {
        this.#running--
        this.#next()
      }
      this.#read(wanted).then(wanted.resolve, wanted.reject).then(done)
      return
    }
  }

  async #read({ read, readers }: Wanted): Promise<Step | null> {
    const space = this.#lendings.space()
    const found = await read(space).catch((error: unknown) => {
      this.#lendings.giveBack(space)
      throw error
    })
    const page = this.#lendings.lend(found?.frame ?? null, space, readers.length)
    return found && { page, rev: found.rev, more: found.more }
  }

  async #readChanges(room: string, since: number, space?: Uint8Array): Promise<Found | null> {
    const { store, settings, encode, now } = this.#world
    const found = await store.changes(room, since, PAGE, settings.resumeChanges, now(), space)
    if (found === null) return null
    const { rev, more, records: bytes, del } = found
    const around = aroundRecords(room, since, rev, `[${del}]`)
    return { frame: rev > since ? encode({ ...around, bytes }) : null, rev, more }
  }

  async #readWindow(room: string, user: string, space?: Uint8Array): Promise<Found> {
    const { store, settings, encode, now } = this.#world
    const found = await store.window(room, wholeTypes, user, settings.window, now(), space)
    const { rev, records: bytes, floor } = found
    const around = aroundRecords(room, 0, rev, '[]', `,"reset":true,"floor":${floor}`)
    return { frame: encode({ ...around, bytes }), rev, more: true }
  }
}
