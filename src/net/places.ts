/** The places of TCP sockets, WebSockets or not: how many there are, and that no address takes them all. */

import type { Socket } from 'node:net'
import type { Clock, Log } from '../engine/ports.ts'
import type { Trust } from './address.ts'
import { canonical } from './address.ts'
import { Counts } from './counts.ts'
import type { NetSettings } from './settings.ts'

/** Places above the number of WebSockets: for pages, and for those to be turned away. */
const spare = 128
/** ms between two lines in the log about sockets that were dropped. */
const logEvery = 1000

export class Places {
  /** For all together, which the server itself counts. */
  readonly all: number
  readonly #perAddress: number
  readonly #byAddress = new Counts()
  readonly #trust: Trust
  readonly #clock: Clock
  readonly #log: Log
  #logAt = 0

  constructor(settings: NetSettings, trust: Trust, clock: Clock, log: Log) {
    this.all = settings.connections + spare
    // Half of them, because a whole school may load the page at once; more only where that many WebSockets may be.
    this.#perAddress = Math.max(this.all / 2, settings.connectionsPerAddress + spare / 2)
    this.#trust = trust
    this.#clock = clock
    this.#log = log
  }

  /** A socket has come: it has a place until it closes, or is dropped. Behind a trusted proxy are many addresses. */
  seat(socket: Socket): void {
    const peer = socket.remoteAddress ?? ''
    if (this.#trust(peer)) return
    const address = canonical(peer)
    if (this.#byAddress.take(address, this.#perAddress)) {
      socket.on('close', () => this.#byAddress.giveBack(address))
    } else {
      socket.destroy()
      this.dropped('too many sockets of one address are open')
    }
  }

  /** Says so in the log, now and then. */
  dropped(why: string): void {
    const now = this.#clock.elapsed()
    if (now < this.#logAt) return
    this.#logAt = now + logEvery
    this.#log.warn('connection_dropped', { why })
  }
}
