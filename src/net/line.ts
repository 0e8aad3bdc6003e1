/** Those of one address who wait to be heard. Who only began to wait goes before whoever had a turn already. */

/** Somebody with something to say. */
export interface Speaker {
  readonly address: string
  /** It is its turn: one text is granted. */
  goOn(): void
}

export class Line {
  // Sets keep the order, and whoever leaves is found at once.
  readonly #fresh = new Set<Speaker>()
  readonly #again = new Set<Speaker>()

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
    const lane = this.#fresh.size > 0 ? this.#fresh : this.#again
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
