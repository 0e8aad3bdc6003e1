/**
 * The texts of one connection on their way to the engine: in order, some in a turn, none while it is paused. What must
 * wait is held, and meanwhile nothing more is read. It never looks into a text.
 */

import type { WebSocket } from 'ws'
import type { Peer } from '../engine/ports.ts'
import type { Hearing } from './hearing.ts'
import type { Speaker } from './line.ts'
import { turn } from './turn.ts'

/** Texts that the engine hears of one connection in one turn: one chunk may hold hundreds, and others wait meanwhile. */
const PER_TURN = 16

export class Intake implements Speaker {
  readonly address: string
  readonly #ws: WebSocket
  readonly #hearing: Hearing
  #peer: Peer | null = null
  /** Until the engine knows the peer, and whenever it asks. */
  #isPaused = true
  /** It stands in line. */
  #isWaiting = false
  /** Texts of the chunk during which reading was paused; so at most a chunk. Mostly `null`: nobody waits. */
  #held: string[] | null = null
  #isCatchingUp = false
  /** The turn in which it was heard last, and how often in that one. */
  #turn = -1
  #heardNow = 0

  constructor(ws: WebSocket, address: string, hearing: Hearing) {
    this.#ws = ws
    this.address = address
    this.#hearing = hearing
    ws.pause()
  }

  /** Nothing is read, so nobody can give a sign of life. */
  get isHeldUp(): boolean {
    return this.#isPaused || this.#isWaiting
  }

  /** From now on the peer hears what comes, and what came meanwhile; in its turn, because hundreds may come in at once. */
  attach(peer: Peer): void {
    this.#peer = peer
    // Closed meanwhile: it must be read on until the peer has closed too.
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#isPaused = false
    this.#wait(false)
  }

  hear(text: string): void {
    if (this.#peer === null || this.isHeldUp) this.#hold(text)
    else if (this.#mayHear()) this.#handOn(this.#peer, text)
    else {
      this.#hold(text)
      this.#wait(false)
    }
  }

  pause(): void {
    this.#isPaused = true
    this.#ws.pause()
  }

  resume(): void {
    if (this.#peer === null || this.#ws.readyState !== this.#ws.OPEN) return
    this.#isPaused = false
    this.#catchUp(this.#peer, false)
  }

  goOn(): void {
    this.#isWaiting = false
    if (this.#peer === null || this.#isPaused) return
    const text = this.#held?.shift()
    if (text !== undefined) this.#handOn(this.#peer, text)
    this.#catchUp(this.#peer, true)
  }

  /** Nothing more is heard of it. */
  drop(): void {
    this.#held = null
    this.#hearing.leave(this)
  }

  /** The socket is gone. What came before that and only waited for its turn is heard, but of a flooder not all. */
  end(): void {
    if (!this.#isPaused && this.#peer !== null)
      for (const text of this.#held ?? []) {
        if (!this.#hearing.grants(this.address)) break
        this.#peer.receive(text)
      }
    this.drop()
  }

  #catchUp(peer: Peer, hadTurn: boolean): void {
    if (this.#isWaiting || this.#isCatchingUp) return
    this.#isCatchingUp = true
    while (this.#held !== null && this.#held.length > 0 && !this.isHeldUp) {
      if (this.#mayHear()) this.#handOn(peer, this.#held.shift() ?? '')
      else this.#wait(hadTurn)
    }
    this.#isCatchingUp = false
    if (this.#held?.length === 0) this.#held = null
    if (!this.isHeldUp && this.#ws.readyState === this.#ws.OPEN) this.#ws.resume()
  }

  #mayHear(): boolean {
    if (this.#turn !== turn()) this.#heardNow = 0
    return this.#heardNow < PER_TURN && this.#hearing.grants(this.address)
  }

  #handOn(peer: Peer, text: string): void {
    const now = turn()
    if (this.#turn !== now) this.#heardNow = 0
    this.#turn = now
    this.#heardNow += 1
    peer.receive(text)
  }

  #wait(hadTurn: boolean): void {
    this.#isWaiting = true
    this.#ws.pause()
    this.#hearing.wait(this, hadTurn)
  }

  #hold(text: string): void {
    this.#held ??= []
    this.#held.push(text)
  }
}
