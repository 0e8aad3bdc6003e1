/** One frame on its way to its answer. It is answered exactly once; whoever answers need not know how that is counted. */

import type { ErrorCode } from '../protocol.ts'
import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'

export class Incoming {
  readonly peer: Peer
  /** `null`: it has none, and is answered only if something is wrong. */
  readonly ref: number | null
  /** UTF-16 units of its text. */
  readonly size: number
  /** As the registry knows it; until it is found there, `unknown`. */
  name = 'unknown'
  readonly #meter: Meter

  constructor(peer: Peer, ref: number | null, size: number, meter: Meter) {
    this.peer = peer
    this.ref = ref
    this.size = size
    this.#meter = meter
  }

  /** `data`: JSON. */
  ok(data: string): void {
    this.#meter.frame(this.name, 'ok')
    this.peer.ok(this.ref, data)
  }

  no(code: ErrorCode, why: string, retry: number | null = null): void {
    this.#meter.frame(this.name, code)
    this.peer.no(this.ref, code, why, retry)
  }
}
