/**
 * What is read from the store for those who are behind: a few pages at once, in the order in which they were asked for,
 * however many are behind. Who wait for the same page share its bytes. It knows no connection and writes to none.
 */

import { syncText } from './batch.ts'
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

/** Nobody has begun to read it, so that whoever asks now may have it too. */
interface Wanted {
  read: (readers: number) => Promise<Step | null>
  readers: number
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

  /** What changed after a rev. `null`: too much, or too long ago. */
  changes(room: string, since: number): Promise<Step | null> {
    return this.#want(`${room} ${since}`, (readers) => this.#readChanges(room, since, readers))
  }

  /** A fresh window, as this person sees it. */
  async window(room: string, user: string): Promise<Step> {
    const step = await this.#want(`${room} ${user} window`, (readers) =>
      this.#readWindow(room, user, readers),
    )
    return step ?? { page: null, rev: 0, more: false }
  }

  #want(key: string, read: Wanted['read']): Promise<Step | null> {
    const wanted = this.#waiting.get(key) ?? { read, readers: 0, ...Promise.withResolvers<Step | null>() }
    wanted.readers++
    this.#waiting.set(key, wanted)
    this.#next()
    return wanted.promise
  }

  #next(): void {
    if (this.#running === AT_ONCE) return
    for (const [key, wanted] of this.#waiting) {
      this.#waiting.delete(key)
      this.#running++
      // Those who wanted it write it before the next is asked for.
      const done = () => {
        this.#running--
        this.#next()
      }
      wanted.read(wanted.readers).then(wanted.resolve, wanted.reject).then(done)
      return
    }
  }

  async #readChanges(room: string, since: number, readers: number): Promise<Step | null> {
    const { store, settings, now } = this.#world
    const found = await store.changes(room, since, PAGE, settings.resumeChanges, now())
    if (found === null) return null
    const { rev, more, records, del } = found
    const page = rev > since ? this.#page(syncText(room, since, rev, records, `[${del}]`), readers) : null
    return { page, rev, more }
  }

  async #readWindow(room: string, user: string, readers: number): Promise<Step> {
    const { store, settings, now } = this.#world
    const { rev, records, floor } = await store.window(room, wholeTypes, user, settings.window, now())
    const rest = `,"reset":true,"floor":${floor}`
    return { page: this.#page(syncText(room, 0, rev, records, '[]', rest), readers), rev, more: true }
  }

  #page(text: string, readers: number): Lending {
    return this.#lendings.lend((room) => this.#world.encode(text, room), readers)
  }
}
