/**
 * What one step leaves for the next, which mostly follows within seconds and need not find it out again. It is taken once;
 * when there is too much of it, the oldest goes. It is only ever a memory of what stands elsewhere.
 */

/** Pieces left at the same time. */
const MOST = 10_000

export class Handover<V> {
  readonly #left = new Map<string, V>()

  leave(key: string, value: V): void {
    this.#left.delete(key)
    if (this.#left.size >= MOST) for (const oldest of this.#left.keys()) if (this.#left.delete(oldest)) break
    this.#left.set(key, value)
  }

  /** `undefined`: nothing was left, or it was taken. */
  take(key: string): V | undefined {
    const value = this.#left.get(key)
    this.#left.delete(key)
    return value
  }
}
