/** Counts durations in buckets 3 % wide, so that millions of them cost nothing and p99 stays true. It never keeps a single one. */

/** Buckets per doubling. */
const FINE = 32
/** Longest time told apart: 2^31 µs, 36 minutes. */
const OCTAVES = 31

export class Histogram {
  readonly #counts = new Uint32Array(FINE * (OCTAVES + 1))
  #total = 0
  #max = 0

  get total(): number {
    return this.#total
  }

  /** ms, exact. */
  get max(): number {
    return this.#max
  }

  /** ms. What is below 0 counts as 0. */
  record(ms: number): void {
    const micros = Math.max(0, Math.min(2 ** OCTAVES - 1, Math.round(ms * 1000)))
    const at = bucketOf(micros)
    this.#counts[at] = this.#counts[at]! + 1
    this.#total++
    if (ms > this.#max) this.#max = ms
  }

  /** The time in ms that the given share of all durations does not exceed; `null` while there are none. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null
    const wanted = Math.max(1, Math.ceil(share * this.#total))
    let seen = 0
    for (let at = 0; at < this.#counts.length; at++) {
      seen += this.#counts[at]!
      if (seen >= wanted) return Math.min(upperEdge(at) / 1000, this.#max)
    }
    return this.#max
  }

  clear(): void {
    this.#counts.fill(0)
    this.#total = 0
    this.#max = 0
  }
}

/** Below 32 µs one bucket each; above, the five bits after the leading one. */
function bucketOf(micros: number): number {
  if (micros < FINE) return micros
  const shift = 26 - Math.clz32(micros)
  return FINE * shift + (micros >>> shift)
}

/** The largest µs that falls into a bucket. */
function upperEdge(at: number): number {
  if (at < 2 * FINE) return at
  const shift = Math.floor(at / FINE) - 1
  return (at - FINE * shift + 1) * 2 ** shift - 1
}
