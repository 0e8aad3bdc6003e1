/** What all parts of the library share: time, here and at the server, and the questions. It decides nothing. */

import type { Answered, FrameName, Sent } from '../src/features/index.ts'
import type { HelloFrame } from '../src/protocol.ts'
import type { Clock } from './clock.ts'
import type { Session } from './session.ts'

export class World {
  readonly clock: Clock
  readonly session: Session
  /** Changes when a backup was restored: revs of before mean nothing then. */
  epoch = ''
  isConnected = false
  /** Server time minus `elapsed()`. */
  #offset: number

  constructor(clock: Clock, session: Session) {
    this.clock = clock
    this.session = session
    this.#offset = clock.now() - clock.elapsed()
  }

  hello({ epoch, now }: HelloFrame): void {
    this.epoch = epoch
    this.isConnected = true
    this.#offset = now - this.clock.elapsed()
  }

  /** ms since 1970. Until the first `hello`, what the local clock says. */
  serverNow(): number {
    return Math.round(this.#offset + this.clock.elapsed())
  }

  ask<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>> {
    return this.session.ask(name, fields)
  }
}
