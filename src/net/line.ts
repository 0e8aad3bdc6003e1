/**
 * Those of one address who wait to be heard. Who only began to wait goes before whoever had a turn already, but not
 * always: there may be no end of them.
 */

/** Somebody with something to say. */
export interface Speaker {
  readonly address: string
  /** It is its turn: one text is granted. */
  goOn(): void
}

/** Of so many who are served, one is of the other lane. */
const TURNS = 4

export class Line {
  // Sets keep the order, and whoever leaves is found at once.
  readonly #fresh = new Set<Speaker>()
  readonly #again = new Set<Speaker>()
  #served = 0

  get length(): number {
    return this.#fresh.size + this.#again.size
  }

  /** At the end of those like it. `hadTurn`: since it began to wait. */
  add(speaker: Speaker, hadTurn: boolean): void {
    const lane = hadTurn ? this.#again : this.#fresh
    lane.add(speaker)
  }

  /** The first, who waits no more. */
  next(): Speaker | undefined {
    this.#served += 1
    const isForAgain = this.#fresh.size === 0 || (this.#again.size > 0 && this.#served % TURNS === 0)
    const lane = isForAgain ? this.#again : this.#fresh
    for (const speaker of lane) {
      lane.delete(speaker)
      return speaker
    }
    return undefined
  }

  remove(speaker: Speaker): void {
    this.#fresh.delete(speaker)
    this.#again.delete(speaker)
  }
}
