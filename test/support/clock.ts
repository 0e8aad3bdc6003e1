/** A clock that stands still until a test moves it. Timers fire in order of their time, within `advance`. */

import type { Cancel, Clock } from '../../src/engine/ports.ts'

export interface FakeClock extends Clock {
  /** Moves both clocks and fires what is due on the way. */
  advance(ms: number): void
  /** Lets time pass as for a process that slept: what was due meanwhile fires late, all at the end. */
  sleep(ms: number): void
  /** Sets the shown time only, as somebody does who corrects a computer's clock. */
  set(now: number): void
  /** Timers that wait. */
  readonly waiting: number
}

interface Timer {
  at: number
  call: () => void
}

export function fakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let offset = start
  let elapsed = 0
  const timers = new Set<Timer>()

  const next = (until: number): Timer | null => {
    let first: Timer | null = null
    for (const timer of timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer
    return first
  }

  return {
    now: () => offset + elapsed,
    elapsed: () => elapsed,
    after(ms, call): Cancel {
      const timer = { at: elapsed + Math.max(0, ms), call }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance(ms) {
      const until = elapsed + ms
      for (let timer = next(until); timer; timer = next(until)) {
        timers.delete(timer)
        elapsed = timer.at
        timer.call()
      }
      elapsed = until
    },
    sleep(ms) {
      elapsed += ms
      for (let timer = next(elapsed); timer; timer = next(elapsed)) {
        timers.delete(timer)
        timer.call()
      }
    },
    set(now) {
      offset = now - elapsed
    },
    get waiting() {
      return timers.size
    },
  }
}
