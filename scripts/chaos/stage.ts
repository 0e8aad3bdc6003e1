/** What every scenario stands on: chance, a history, folders, servers, a voice, and all of it cleared away at the end. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../test/support/random.ts'
import { random } from '../../test/support/random.ts'
import { Faults } from './fault.ts'
import { History } from './history.ts'
import type { Server, ServerOptions } from './server.ts'
import { startServer } from './server.ts'

export interface Size {
  seed: number
  rounds: number
  seconds: number
}

export interface Verdict {
  /** What the history checker found. */
  faults: Faults
  /** Promises that did not hold, each as a sentence that begins with its id. */
  broken: string[]
  /** What was measured. */
  figures: Record<string, string | number>
  /** Why it could not run here. */
  skipped?: string
}

export interface Scenario {
  about: string
  /** Of the promises that it shows. */
  promises: string
  size: Omit<Size, 'seed'>
  run(stage: Stage): Promise<void>
}

/** More parts than any run has. */
const PARTS = 1000

export class Stage {
  readonly size: Size
  readonly random: Random
  readonly history = new History()
  readonly verdict: Verdict = { faults: new Faults(), broken: [], figures: {} }
  readonly say: (line: string) => void
  readonly #ends: (() => unknown)[] = []

  constructor(size: Size, say: (line: string) => void) {
    this.size = size
    this.random = random(size.seed)
    this.say = say
  }

  /**
   * A stage for a part of a long run, with a history, names and an end of its own: what is judged need not be kept, so
   * that a million messages take no more memory than one part of them.
   */
  async part<T>(nth: number, play: (part: Stage) => Promise<T>): Promise<T> {
    const part = new Stage({ ...this.size, seed: this.size.seed * PARTS + nth }, this.say)
    try {
      return await play(part)
    } finally {
      await part.clear()
      this.verdict.faults.absorb(part.verdict.faults)
      this.verdict.broken.push(...part.verdict.broken)
    }
  }

  /** Something to be done at the end, last first. */
  atEnd(end: () => unknown): void {
    this.#ends.push(end)
  }

  async clear(): Promise<void> {
    for (const end of this.#ends.splice(0).reverse()) await end()
  }

  folder(): string {
    const folder = mkdtempSync(join(tmpdir(), 'parlour-chaos-'))
    this.atEnd(() => rmSync(folder, { recursive: true, force: true }))
    return folder
  }

  async server(options: ServerOptions): Promise<Server> {
    const server = await startServer(options)
    this.atEnd(() => server.kill('SIGKILL'))
    return server
  }

  /** A promise that must hold. */
  expect(holds: boolean, promise: string, otherwise: string): void {
    if (!holds) this.verdict.broken.push(`${promise}: ${otherwise}`)
  }

  figure(name: string, value: string | number): void {
    this.verdict.figures[name] = value
  }

  /** Whole ms between two bounds, by chance. */
  between(least: number, most: number): number {
    return least + this.random.below(most - least + 1)
  }
}

/** Whether it came true in so many ms; looked at often enough to tell when. */
export async function until(isTrue: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms
  while (!isTrue()) {
    if (performance.now() >= end) return false
    await sleep(10)
  }
  return true
}

export async function within<T>(ms: number, promise: Promise<T>): Promise<T | 'late'> {
  const stop = new AbortController()
  const late = sleep(ms, 'late' as const, { signal: stop.signal }).catch(() => 'late' as const)
  return Promise.race([promise, late]).finally(() => stop.abort())
}

/** The value below which that share of the numbers lies; NaN of none. */
export function quantile(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
