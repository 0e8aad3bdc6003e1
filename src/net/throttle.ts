/** Counts what each address does against a rate. It remembers a bounded number of addresses. */

import type { Rate } from '../state/bucket.ts'
import { Bucket } from '../state/bucket.ts'

/** Beyond these the address longest unused is forgotten, which only ever favours it. */
const most = 20_000

export class Throttle {
  readonly #rate: Rate
  /** In order of last use. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** 0 when it may go ahead, else ms until it may. `now` is of a clock that never goes back. */
  take(address: string, now: number): number {
    const bucket = this.#buckets.get(address) ?? new Bucket(this.#rate, now)
    this.#buckets.delete(address)
    this.#buckets.set(address, bucket)
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= most) break
      this.#buckets.delete(oldest)
    }
    return bucket.take(now)
  }
}
