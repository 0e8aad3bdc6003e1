/** Who wants to know that something has changed. They are told once per turn, however much it was. */

import type { Stop } from './api.ts'

export class Listeners {
  readonly #all = new Set<() => void>()
  #isDue = false

  add(listener: () => void): Stop {
    // One function subscribed twice is two subscriptions.
    const own = () => listener()
    this.#all.add(own)
    return () => void this.#all.delete(own)
  }

  changed(): void {
    if (this.#isDue) return
    this.#isDue = true
    queueMicrotask(() => {
      this.#isDue = false
      // Each in a turn of its own: one that throws is reported and disturbs nobody.
      for (const listener of this.#all) queueMicrotask(() => this.#all.has(listener) && listener())
    })
  }
}
