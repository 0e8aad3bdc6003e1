/** A token bucket: so many at once, then so many per second. Pure: the time is an argument. */

export interface Rate {
  /** How many at once. */
  burst: number
  /** How many per second after that. */
  perSecond: number
}

export class Bucket {
  readonly #rate: Rate
  #tokens: number
  #at: number

  /** `now`: ms of a clock that never goes back. */
  constructor(rate: Rate, now: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#at = now
  }

  /** Takes tokens if they are there: 0. Otherwise takes none and says in how many ms they will be. */
  take(now: number, tokens = 1): number {
    this.#fill(now)
    if (this.#tokens >= tokens) {
      this.#tokens -= tokens
      return 0
    }
    // A hair less, so that rounding errors do not make it a millisecond more.
    return Math.max(1, Math.ceil(((tokens - this.#tokens) / this.#rate.perSecond) * 1000 - 1e-6))
  }

  /** What was taken turned out to be no offence. */
  giveBack(tokens = 1): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + tokens)
  }

  /** As good as new: it may be forgotten. */
  isFull(now: number): boolean {
    this.#fill(now)
    return this.#tokens >= this.#rate.burst
  }

  #fill(now: number): void {
    const gained = (Math.max(0, now - this.#at) / 1000) * this.#rate.perSecond
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + gained)
    this.#at = Math.max(this.#at, now)
  }
}
