/** How long to wait before the next try to connect. Pure: chance and time are given. */

/** ms */
const LEAST = 500
const MOST = 20_000
const STABLE = 30_000

export class Backoff {
  readonly #random: () => number
  #failures = 0

  /** `random`: from 0 to 1, as `Math.random` gives it. */
  constructor(random: () => number) {
    this.#random = random
  }

  /** ms to wait after one more failure. Spread out, so that a crowd does not come back as one. */
  next(): number {
    const spread = this.#random() * LEAST * 2 ** Math.min(this.#failures, 30)
    this.#failures++
    return Math.min(MOST, LEAST + spread)
  }

  /** A connection has lasted for so many ms: if long enough, earlier failures are forgotten. */
  lasted(ms: number): void {
    if (ms >= STABLE) this.reset()
  }

  reset(): void {
    this.#failures = 0
  }
}
