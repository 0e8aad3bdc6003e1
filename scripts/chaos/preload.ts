/**
 * Loaded into a server under test before its own code: does on command what the world does to servers (sets its
 * clock, kills its threads, throws in its face), and tells how late its event loop is and what its heap keeps. Never
 * part of Parlour.
 */

import { createRequire, syncBuiltinESMExports } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Worker } from 'node:worker_threads'

export type Order =
  /** From now on all clocks that can be set are so many ms off. */
  | { do: 'shift'; ms: number }
  /** Kills a thread of the store: 0 is the one that writes. */
  | { do: 'kill thread'; which: number }
  | { do: 'throw' }
  | { do: 'reject' }
  /** Answers `Delay`, and begins to count anew. */
  | { do: 'delay' }
  /** Collects all garbage, and answers with the bytes of the heap that are left. */
  | { do: 'collect' }

/** ms by which timers came late. */
export interface Delay {
  p99: number
  max: number
}

const require = createRequire(import.meta.url)
const threads = require('node:worker_threads') as { Worker: typeof Worker }
const workers: Worker[] = []
const RealWorker = threads.Worker
threads.Worker = class extends RealWorker {
  constructor(...args: ConstructorParameters<typeof Worker>) {
    super(...args)
    workers.push(this)
  }
}
syncBuiltinESMExports()

let shift = 0
const RealDate = Date
globalThis.Date = class extends RealDate {
  constructor(...args: [] | [value: number]) {
    if (args.length === 0) super(RealDate.now() + shift)
    else super(...args)
  }
  static override now(): number {
    return RealDate.now() + shift
  }
} as DateConstructor

const RESOLUTION = 10
const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
delay.enable()

process.on('message', (order: Order) => {
  switch (order.do) {
    case 'shift':
      shift = order.ms
      return
    case 'kill thread':
      void workers[order.which]?.terminate()
      return
    case 'throw':
      setImmediate(() => {
        throw new Error('thrown by a test')
      })
      return
    case 'reject':
      void Promise.reject(new Error('rejected by a test'))
      return
    case 'delay': {
      const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION)
      process.send?.({ p99: late(delay.percentile(99)), max: late(delay.max) } satisfies Delay)
      delay.reset()
      return
    }
    case 'collect':
      setFlagsFromString('--expose-gc')
      runInNewContext('gc')()
      process.send?.(process.memoryUsage().heapUsed)
  }
})
// The channel alone keeps no server running.
process.channel?.unref()
