/** Does something again and again: a fixed time after it was done, never twice at once. A failure is told, and no reason to end. */

import type { Cancel, Clock, Log } from './ports.ts'

export class Rounds {
  readonly #clock: Clock
  readonly #log: Log
  readonly #every: number
  readonly #work: () => Promise<void>
  #next: Cancel | null = null
  #round: Promise<void> = Promise.resolve()

  /** `every`: ms. */
  constructor(clock: Clock, log: Log, every: number, work: () => Promise<void>) {
    this.#clock = clock
    this.#log = log
    this.#every = every
    this.#work = work
  }

  start(): void {
    this.#next = this.#clock.after(this.#every, () => {
      this.#round = this.#work()
        .catch((error) => this.#log.error('a sweep failed', { error }))
        .then(() => {
          if (this.#next) this.start()
        })
    })
  }

  /** Waits for a round under way. */
  async stop(): Promise<void> {
    this.#next?.()
    this.#next = null
    await this.#round
  }
}

/** So many at a time, the next as soon as one is done. Rejects when nothing is under way any more. */
export async function some<T>(most: number, of: Iterable<T>, work: (one: T) => Promise<void>): Promise<void> {
  const left = of[Symbol.iterator]()
  const takeOver = async () => {
    for (let one = left.next(); !one.done; one = left.next()) await work(one.value)
  }
  const ends = await Promise.allSettled(Array.from({ length: most }, takeOver))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
