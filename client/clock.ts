/** Time as the client library wants it, and the real one. It decides nothing. */

import type { Stop } from './api.ts'

export interface Clock {
  /** ms since 1970. */
  now(): number
  /** ms of a clock that is never set. For durations. */
  elapsed(): number
  /** Calls once after so many ms, 24 days at most. */
  after(ms: number, call: () => void): Stop
}

/** ms: a timer for longer than that would ring at once. */
const LONGEST = 2 ** 31 - 1

export const realClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, Math.min(ms, LONGEST))
    return () => clearTimeout(timer)
  },
}
