/**
 * Empties the journal, and tries again while a long read, such as a backup, is in the way. It never makes anybody wait
 * for that read.
 */

/** ms between tries. */
const TRY_EVERY = 1000

export class Emptying {
  readonly #empty: () => Promise<unknown>
  #timer: NodeJS.Timeout | null = null

  /** `empty` resolves with `true` when the journal is empty. */
  constructor(empty: () => Promise<unknown>) {
    this.#empty = empty
  }

  /** Resolves after the first try, however that ended; the later ones are nobody's to wait for. */
  async run(): Promise<void> {
    this.stop()
    if ((await this.#empty()) === true) return
    // A try that fails has told whoever hears of the store's failures, and the next deletion tries again.
    this.#timer = setTimeout(() => void this.run().catch(() => undefined), TRY_EVERY)
    this.#timer.unref()
  }

  /** No more tries. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }
}
