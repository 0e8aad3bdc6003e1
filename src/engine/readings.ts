/**
 * [R22] What one connection has asked to be read: one after the other, and none while it leaves what it was told before
 * untaken. So whoever asks for everything and reads nothing costs a page.
 */

export interface Taker {
  readonly isGone: boolean
  readonly backlog: number
  flush(): void
}

export class Readings {
  readonly #taker: Taker
  /** Unsent bytes above which nothing is read. */
  readonly #most: number
  /** `null`, as nearly always: none. */
  #waiting: (() => Promise<void>)[] | null = null
  #isReading = false

  constructor(taker: Taker, most: number) {
    this.#taker = taker
    this.#most = most
  }

  /**
   * `read` tells what it read to the connection, and never rejects. As many can wait as there are frames in flight and
   * rooms open.
   */
  add(read: () => Promise<void>): void {
    this.#waiting ??= []
    this.#waiting.push(read)
    this.next()
  }

  /** Goes on if it can: also to be called when the backlog has become small. */
  next(): void {
    if (this.#taker.isGone) this.#waiting = null
    if (this.#isReading || this.#waiting === null || this.#taker.backlog > this.#most) return
    const read = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#waiting = null
    this.#isReading = true
    void read?.().finally(() => {
      this.#isReading = false
      // At once, so that the backlog says what it cost.
      this.#taker.flush()
      this.next()
    })
  }
}
