/** How fast people and addresses may go: a bucket each, forgotten when full again. */

import type { Rate } from '../state/bucket.ts'
import { Bucket } from '../state/bucket.ts'
import type { Clock } from './ports.ts'
import type { EngineSettings } from './settings.ts'

/** Buckets kept; beyond it those that are full go first, then the oldest. */
const MOST = 100_000

export class Limit {
  readonly #clock: Clock
  readonly #rate: Rate | null
  readonly #buckets = new Map<string, Bucket>()

  /** `null`: no limit. */
  constructor(clock: Clock, rate: Rate | null) {
    this.#clock = clock
    this.#rate = rate
  }

  /** 0 when it may go ahead; otherwise in how many ms. Nothing is taken then. */
  take(who: string): number {
    return this.#bucket(who)?.take(this.#clock.elapsed()) ?? 0
  }

  giveBack(who: string): void {
    this.#buckets.get(who)?.giveBack()
  }

  sweep(): void {
    const now = this.#clock.elapsed()
    for (const [who, bucket] of this.#buckets) if (bucket.isFull(now)) this.#buckets.delete(who)
  }

  #bucket(who: string): Bucket | null {
    if (!this.#rate) return null
    let bucket = this.#buckets.get(who)
    if (!bucket) {
      if (this.#buckets.size >= MOST) this.#makeRoom()
      bucket = new Bucket(this.#rate, this.#clock.elapsed())
      this.#buckets.set(who, bucket)
    }
    return bucket
  }

  #makeRoom(): void {
    this.sweep()
    for (const who of this.#buckets.keys()) {
      if (this.#buckets.size < MOST) return
      this.#buckets.delete(who)
    }
  }
}

/** So many in an hour. */
const perHour = (times: number): Rate => ({ burst: times, perSecond: times / 3600 })

/** Every rate of the engine. */
export interface Limits {
  /** Frames that weigh `message`, by person and by address. */
  readonly messages: Limit
  readonly addresses: Limit
  /** All frames, by person. */
  readonly frames: Limit
  /** Wrong room codes. */
  readonly codesByPerson: Limit
  readonly codesByAddress: Limit
}

export function makeLimits(clock: Clock, { rate, codeTries }: EngineSettings): Limits {
  const limit = (wanted: Rate | undefined) => new Limit(clock, wanted ?? null)
  return {
    messages: limit(rate?.person),
    addresses: limit(rate?.address),
    frames: limit(rate?.light),
    codesByPerson: limit(perHour(codeTries.person)),
    codesByAddress: limit(perHour(codeTries.address)),
  }
}
