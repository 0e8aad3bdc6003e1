/**
 * Space kept for the day on which the disk is full: given up then, so that deletions can still be written, and taken
 * again when there is enough. It never decides what is a deletion.
 */

import { randomFillSync } from 'node:crypto'
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { codeOf } from './database.ts'

/** Bytes. A journal of full length fits in, and a deletion takes up to 40 KiB of it until that is emptied. */
export const RESERVED = 8 * 1024 * 1024
/** ms between tries to take the space again. */
const TRY_EVERY = 1000
const PIECE = 256 * 1024

const FULL = 13
const NO_SHARED_MEMORY = 4874
const WRITE_FAILED = 778

export class Reserve {
  readonly #path: string
  #isWhole: boolean
  #triedAt = -Infinity

  /** `file`: the database it lies beside. */
  constructor(file: string) {
    this.#path = `${file.replace(/\.db$/, '')}.reserve`
    this.#isWhole = statSync(this.#path, { throwIfNoEntry: false })?.size === RESERVED
  }

  /** Whether there is space for anything at all; if not, only for deletions. */
  holds(): boolean {
    if (this.#isWhole) return true
    const now = performance.now()
    if (now - this.#triedAt < TRY_EVERY) return false
    this.#triedAt = now
    this.#isWhole = this.#take()
    return this.#isWhole
  }

  /** Gives the space up. Harmless twice, and then it does not put off the next try. */
  release(): void {
    if (this.#isWhole) this.#triedAt = performance.now()
    this.#isWhole = false
    rmSync(this.#path, { force: true })
  }

  /** A quota fails like a broken disk; what tells them apart is that no other file can be written either. */
  isFull(thrown: unknown): boolean {
    const code = codeOf(thrown)
    if (code === FULL || code === NO_SHARED_MEMORY) return true
    return code === WRITE_FAILED && !this.#canWrite()
  }

  /** Only when as much again stays free, so that it is not given up at the next message. */
  #take(): boolean {
    try {
      const { bavail, bsize } = statfsSync(dirname(this.#path))
      return bavail * bsize >= 2 * RESERVED && this.#fill(RESERVED)
    } catch {
      rmSync(this.#path, { force: true })
      return false
    }
  }

  /** With noise, because some file systems keep no zeros. */
  #fill(bytes: number): boolean {
    const piece = randomFillSync(Buffer.alloc(Math.min(bytes, PIECE)))
    const fd = openSync(this.#path, 'w', 0o600)
    try {
      for (let written = 0; written < bytes; ) written += writeSync(fd, piece)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    return true
  }

  #canWrite(): boolean {
    try {
      return this.#fill(PIECE)
    } catch {
      return false
    } finally {
      this.release()
    }
  }
}
