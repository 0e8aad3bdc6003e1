/** Waits, for a while, until other programs leave the machine to the bench. It cannot make them. */

import { machineCpu } from '../load/process.ts'
import { pause } from './meter.ts'

/** How long is looked, ms, and what share of one core still counts as calm. */
const LOOK = 500
const CALM = 0.1

/** A stock of patience, ms, for as many waits as it lasts. */
export class Patience {
  #left: number

  constructor(ms: number) {
    this.#left = ms
  }

  async calm(): Promise<void> {
    do {
      const before = machineCpu()
      await pause(LOOK)
      this.#left -= LOOK
      const after = machineCpu()
      if (before === null || after === null || (after - before) * 1000 < LOOK * CALM) return
    } while (this.#left > 0)
  }
}
