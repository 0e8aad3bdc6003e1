/**
 * Gives memory back while nobody waits for anything: left to itself, V8 keeps what a burst of work once needed, and lets
 * a heap double before it looks through all of it. It never collects while there is much work, and decides nothing else.
 */

import { performance } from 'node:perf_hooks'
import v8 from 'node:v8'
import vm from 'node:vm'

/** What a thread says of itself. */
export interface Thread {
  /** Bytes that its heap has taken. */
  heap(): number
  /** Share of the time since the last call in which its loop was at work, 0 to 1. */
  work(): number
  /** Collects all garbage at once and gives back what is free; nothing else happens for so many ms. */
  collect(): number
}

/** ms between two looks. */
const LOOK = 1000
/** Looks in a row with hardly any work, after which few are expected. */
const QUIET = 4
/** The next time comes after so many times as long as the last one took: it is half a percent of all time at most. */
const REST = 200
/** Bytes by which the heap must have grown since the last time, and the share of what was left then. */
const GROWTH = 8 * 1024 * 1024
const GROWTH_SHARE = 0.25
/** A larger heap would stand still for longer than people overlook: 2 to 4 ms for each MiB that is in use. */
const MOST = 192 * 1024 * 1024

export class IdleCollector {
  readonly #thread: Thread
  readonly #mostWork: number
  #quiet = 0
  /** Bytes of heap after the last time. */
  #left = 0
  /** Looks until it may be done again. */
  #rest = 0

  /** `mostWork`: the share of the time, 0 to 1, that may go to work while hardly anybody waits. */
  constructor(thread: Thread, mostWork: number) {
    this.#thread = thread
    this.#mostWork = mostWork
  }

  look(): void {
    this.#quiet = this.#thread.work() > this.#mostWork ? 0 : this.#quiet + 1
    const heap = this.#thread.heap()
    const grown = heap - this.#left
    this.#rest = Math.max(0, this.#rest - 1)
    if (
      this.#rest > 0 ||
      this.#quiet < QUIET ||
      grown < GROWTH ||
      grown < this.#left * GROWTH_SHARE ||
      heap > MOST
    )
      return
    this.#rest = Math.ceil((this.#thread.collect() * REST) / LOOK)
    this.#left = this.#thread.heap()
    // The work that this was is not anybody's.
    this.#thread.work()
  }
}

/** For the thread that calls it, until it ends; `mostWork` as above. It keeps no thread alive. */
export function collectWhenIdle(mostWork: number): void {
  const collector = new IdleCollector(thisThread(), mostWork)
  setInterval(() => collector.look(), LOOK).unref()
}

/** The thread that calls it. */
export function thisThread(): Thread {
  let since = performance.eventLoopUtilization()
  let gc: (() => void) | null = null
  return {
    heap: () => v8.getHeapStatistics().total_heap_size,
    work() {
      const { utilization } = performance.eventLoopUtilization(since)
      since = performance.eventLoopUtilization()
      return utilization
    },
    collect() {
      gc ??= findCollector()
      const start = performance.now()
      gc()
      return performance.now() - start
    },
  }
}

/** The only way to it, unless whoever starts the process gives the flag. */
function findCollector(): () => void {
  v8.setFlagsFromString('--expose-gc')
  const gc: (options: object) => void = vm.runInNewContext('gc')
  // Any other flavor leaves pages half empty instead of giving them back.
  return () => gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
