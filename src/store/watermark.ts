/**
 * Moves the mark after commits: at most once a second, and when the store closes. It rides along in a transaction that
 * is written anyway, and the file is written by other threads: no commit ever waits for it. It also looks whether the
 * database is still where it was, because writing to a file that was removed succeeds.
 */

import { statSync } from 'node:fs'
import type { Log } from '../engine/ports.ts'
import { asError } from './error.ts'
import { inodeOf, writeMark } from './mark.ts'

/** ms: what was acknowledged longer ago than that cannot be lost without being noticed. */
export const MARK_EVERY = 1000

export interface WatermarkParts {
  file: string
  count: () => Promise<number>
  log: Log
  onGone: (error: Error) => void
}

export class Watermark {
  readonly #file: string
  readonly #count: () => Promise<number>
  readonly #log: Log
  readonly #onGone: (error: Error) => void
  readonly #inode: string
  #timer: NodeJS.Timeout | null = null
  #moving: Promise<void> | null = null
  #isBehind = false
  #hasFailed = false

  /**
   * `count` moves the counter in the database and resolves, when that is on disk, with what it is now. `onGone` hears
   * that the database was removed or replaced.
   */
  constructor({ file, count, log, onGone }: WatermarkParts) {
    this.#file = file
    this.#count = count
    this.#log = log
    this.#onGone = onGone
    this.#inode = inodeOf(file)
  }

  /** Something was committed. */
  touch(): void {
    this.#isBehind = true
    if (this.#timer !== null || this.#moving !== null) return
    this.#timer = setTimeout(() => {
      this.#timer = null
      void this.move()
    }, MARK_EVERY)
    // A server that has nothing else to do ends by closing, which moves the mark.
    this.#timer.unref()
  }

  /** Moves it one last time. */
  async close(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    await this.#moving
    if (this.#isBehind) await this.move()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  /** Now. */
  move(): Promise<void> {
    this.#isBehind = false
    this.#moving = this.#write().then((isMoved) => {
      this.#moving = null
      if (!isMoved || this.#isBehind) this.touch()
    })
    return this.#moving
  }

  /** An old mark is still a true one, so failing is told once and tried again. */
  async #write(): Promise<boolean> {
    try {
      if (this.#isGone()) {
        this.#onGone(new Error(`${this.#file} was removed or replaced`))
        return true
      }
      await writeMark(this.#file, await this.#count())
      this.#hasFailed = false
      return true
    } catch (error) {
      if (!this.#hasFailed) this.#log.warn('store.mark_failed', { error: asError(error).message })
      this.#hasFailed = true
      return false
    }
  }

  #isGone(): boolean {
    const found = statSync(this.#file, { bigint: true, throwIfNoEntry: false })
    return found === undefined || String(found.ino) !== this.#inode
  }
}
