/** How many there are of each key, with a bound for each. It keeps no key of which there is none. */

export class Counts {
  readonly #counts = new Map<string, number>()

  /** One more of `key`, unless there are `most`. */
  take(key: string, most: number): boolean {
    const before = this.#counts.get(key) ?? 0
    if (before >= most) return false
    this.#counts.set(key, before + 1)
    return true
  }

  giveBack(key: string): void {
    const now = (this.#counts.get(key) ?? 1) - 1
    if (now === 0) this.#counts.delete(key)
    else this.#counts.set(key, now)
  }
}
