/**
 * What is read from the store for those who are behind: a few pages at once, in the order in which they were asked for,
 * however many are behind. Who wait for the same page share its bytes. It knows no connection and writes to none.
 */

import { syncText } from './batch.ts'
import type { Encode, Store } from './ports.ts'
import { wholeTypes } from './rows.ts'
import type { EngineSettings } from './settings.ts'

/** Pages at once: enough for the store to have the next at hand, few enough for others to come between. */
const AT_ONCE = 3
/** Changes of one page. */
const PAGE = 500

/** A step on the way to the present. */
export interface Step {
  /** The `sync` for the wire; `null`: nothing had changed. */
  bytes: Uint8Array | null
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
  read: () => Promise<Step | null>
  readonly promise: Promise<Step | null>
  resolve(step: Step | null): void
  reject(error: unknown): void
}

export class CatchUps {
  readonly #world: CatchUpsWorld
  /** By what is wanted, oldest first. */
  readonly #waiting = new Map<string, Wanted>()
  #running = 0

  constructor(world: CatchUpsWorld) {
    this.#world = world
  }

  /** What changed after a rev. `null`: too much, or too long ago. */
  changes(room: string, since: number): Promise<Step | null> {
    return this.#want(`${room} ${since}`, () => this.#readChanges(room, since))
  }

  /** A fresh window, as this person sees it. */
  async window(room: string, user: string): Promise<Step> {
    const step = await this.#want(`${room} ${user} window`, () => this.#readWindow(room, user))
    return step ?? { bytes: null, rev: 0, more: false }
  }

  #want(key: string, read: () => Promise<Step | null>): Promise<Step | null> {
    const wanted = this.#waiting.get(key) ?? { read, ...Promise.withResolvers<Step | null>() }
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
      wanted.read().then(wanted.resolve, wanted.reject).then(done)
      return
    }
  }

  async #readChanges(room: string, since: number): Promise<Step | null> {
    const { store, settings, encode, now } = this.#world
    const page = await store.changes(room, since, PAGE, settings.resumeChanges, now())
    if (page === null) return null
    const { rev, more, records, del } = page
    const bytes = rev > since ? encode(syncText(room, since, rev, records, `[${del}]`)) : null
    return { bytes, rev, more }
  }

  async #readWindow(room: string, user: string): Promise<Step> {
    const { store, settings, encode, now } = this.#world
    const { rev, records, floor } = await store.window(room, wholeTypes, user, settings.window, now())
    const rest = `,"reset":true,"floor":${floor}`
    return { bytes: encode(syncText(room, 0, rev, records, '[]', rest)), rev, more: true }
  }
}
