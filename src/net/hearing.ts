/**
 * [R27] Who is heard when. All connections of one address together have so many texts heard in a turn of the loop, and
 * so many per second; beyond that they wait in line, unread. So who floods waits for themselves. It knows no text.
 */

import type { Clock } from '../engine/ports.ts'
import type { Rate } from '../state/bucket.ts'
import { Limit } from '../state/limit.ts'
import type { Speaker } from './line.ts'
import { Line } from './line.ts'
import { turn } from './turn.ts'

/** Texts of one address that are heard in one turn: they take some milliseconds, and others wait meanwhile. */
export const PER_TURN = 256
/** Connections of one address that may begin to be read in one turn: each brings a chunk, with hundreds of texts in it. */
const READ_ANEW = 16
/** ms until an address that has used up its rate is looked at again: some texts at once wake the server less often. */
const REST = 10

export class Hearing {
  readonly #clock: Clock
  /** `null`: no address is held back. */
  readonly #limit: Limit | null
  #turn = -1
  /** Texts heard in this turn, by address. */
  readonly #heard = new Map<string, number>()
  /** Only of addresses of whom somebody waits. */
  readonly #lines = new Map<string, Line>()

  /** `rate`: texts of one address. */
  constructor(rate: Rate | null, clock: Clock) {
    this.#clock = clock
    this.#limit = rate && new Limit(() => clock.elapsed(), rate)
  }

  /** Whether one more text of this address may be heard now. It counts as heard then. */
  grants(address: string): boolean {
    if (this.#limit === null) return true
    const now = turn()
    if (this.#turn !== now) this.#heard.clear()
    this.#turn = now
    const heard = this.#heard.get(address) ?? 0
    if (heard >= PER_TURN || this.#limit.take(address) > 0) return false
    this.#heard.set(address, heard + 1)
    return true
  }

  /** Is called when it is its turn. `hadTurn`: it was already, and it has more to say. */
  wait(speaker: Speaker, hadTurn: boolean): void {
    const { address } = speaker
    const line = this.#lines.get(address) ?? new Line()
    line.add(speaker, hadTurn)
    if (this.#lines.has(address)) return
    this.#lines.set(address, line)
    setImmediate(() => this.#serve(address, line))
  }

  /** It has nothing more to say. */
  leave(speaker: Speaker): void {
    this.#lines.get(speaker.address)?.remove(speaker)
  }

  #serve(address: string, line: Line): void {
    // Not whoever is back in line by then.
    const most = this.#limit === null ? line.length : Math.min(line.length, READ_ANEW)
    let served = 0
    for (; served < most && this.grants(address); served += 1) line.next()?.goOn()
    if (line.length === 0) this.#lines.delete(address)
    else if (served > 0) setImmediate(() => this.#serve(address, line))
    else this.#clock.after(REST, () => this.#serve(address, line))
  }
}
