/** Rates by person or address: a bucket each, forgotten when it is as good as new. It keeps a bounded number of them. */

import type { Rate } from './bucket.ts'
import { Bucket } from './bucket.ts'

/** Buckets kept. Beyond, those that are full go first, then those longest unused, which only ever favours them. */
const MOST = 100_000

export class Limit {
  readonly #elapsed: () => number
  readonly #rate: Rate | null
  readonly #most: number
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>()

  /** `elapsed`: ms of a clock that never goes back. `null`: no limit. */
  constructor(elapsed: () => number, rate: Rate | null, most = MOST) {
    this.#elapsed = elapsed
    this.#rate = rate
    this.#most = most
  }

  /** 0 when it may go ahead; otherwise in how many ms. Nothing is taken then. */
  take(who: string): number {
    if (this.#rate === null) return 0
    const now = this.#elapsed()
    const known = this.#buckets.get(who)
    if (known) this.#buckets.delete(who)
    else if (this.#buckets.size >= this.#most) this.#makeRoom()
    const bucket = known ?? new Bucket(this.#rate, now)
    this.#buckets.set(who, bucket)
    return bucket.take(now)
  }

  /** What was taken turned out to be no offence. */
  giveBack(who: string): void {
    this.#buckets.get(who)?.giveBack()
  }

  sweep(): void {
    const now = this.#elapsed()
    for (const [who, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(who)
  }

  /** A tenth of it at once, so that a flood of strangers does not cost a sweep each. */
  #makeRoom(): void {
    this.sweep()
    for (const who of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#most * 0.9) return
      this.#buckets.delete(who)
    }
  }
}
