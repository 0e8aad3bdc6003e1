/** The real time, as the port wants it. It decides nothing and keeps no process alive. */

import type { Clock } from './engine/ports.ts'

export const clock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  after(ms, call) {
    // Node fires at once what is over 2^31 ms.
    const timer = setTimeout(call, Math.min(ms, 2 ** 31 - 1))
    timer.unref()
    return () => clearTimeout(timer)
  },
}
