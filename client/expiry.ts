/** Temporary messages go when they are due, whether the server can say so or not. It only tells which. */

import type { WireRecord } from '../src/state/records.ts'
import { kindOf } from '../src/state/records.ts'
import type { Stop } from './api.ts'
import type { Clock } from './clock.ts'

export class Expiry {
  readonly #clock: Clock
  readonly #serverNow: () => number
  readonly #due: (record: WireRecord) => void
  readonly #timers = new Map<string, Stop>()

  constructor(clock: Clock, serverNow: () => number, due: (record: WireRecord) => void) {
    this.#clock = clock
    this.#serverNow = serverNow
    this.#due = due
  }

  watch(records: readonly WireRecord[]): void {
    for (const record of records) {
      const expires = kindOf(record).expires?.(record) ?? null
      if (expires === null) continue
      this.#timers.get(record.id)?.()
      const stop = this.#clock.after(Math.max(0, expires - this.#serverNow()), () => {
        this.#timers.delete(record.id)
        this.#due(record)
      })
      this.#timers.set(record.id, stop)
    }
  }

  stop(): void {
    for (const stop of this.#timers.values()) stop()
    this.#timers.clear()
  }
}
