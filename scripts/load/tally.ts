/** What happened so far, in numbers, for the whole run and for the second that is passing. It decides nothing. */

import { Histogram } from './histogram.ts'

/** Kinds of errors told apart before the rest is only counted. */
const KINDS = 50

/** One second of the run. Times in ms, from sending to delivery; `null` when nothing was delivered. */
export interface Second {
  /** Seconds since sending began; negative while people arrive. */
  at: number
  connections: number
  sent: number
  delivered: number
  p50: number | null
  p99: number | null
  errors: number
  /** CPU of the server in percent of one core; `null`: not known. */
  cpu: number | null
  /** Resident bytes of the server. */
  rss: number | null
}

export class Tally {
  readonly latency = new Histogram()
  readonly #passing = new Histogram()
  readonly errors = new Map<string, number>()
  sent = 0
  acked = 0
  delivered = 0
  /** Sent again because the server said `too_fast` or `busy`. */
  retried = 0
  tooFast = 0
  /** Not sent in time because too much was unanswered. */
  heldBack = 0
  /** Rooms opened again because something was missing; healed, unless `lost` says otherwise. */
  gaps = 0
  reconnects = 0

  deliver(ms: number): void {
    this.delivered++
    this.latency.record(ms)
    this.#passing.record(ms)
  }

  error(kind: string): void {
    const key = this.errors.has(kind) || this.errors.size < KINDS ? kind : 'other'
    this.errors.set(key, (this.errors.get(key) ?? 0) + 1)
  }

  get errorCount(): number {
    let sum = 0
    for (const count of this.errors.values()) sum += count
    return sum
  }

  /** p50 and p99 since the last call. */
  takeLatency(): { p50: number | null; p99: number | null } {
    const taken = { p50: this.#passing.quantile(0.5), p99: this.#passing.quantile(0.99) }
    this.#passing.clear()
    return taken
  }
}
