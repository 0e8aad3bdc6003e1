/**
 * The engine's rhythm. All that one turn of the event loop brings is first decided, then written out: rooms take
 * what has queued up together, and a connection gets all its bytes in one write. It keeps no state of its own.
 */

import type { Peer } from './peer.ts'

export interface Turn {
  turn(): void
}

export class Tick {
  #rooms: Turn[] = []
  #peers: Peer[] = []
  #isDue = false

  /** The room has something to decide. Once per turn is enough; more does no harm. */
  room(room: Turn): void {
    this.#rooms.push(room)
    this.#schedule()
  }

  /** The peer has something to write. */
  peer(peer: Peer): void {
    this.#peers.push(peer)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => this.#run())
  }

  /** Decisions go first, so that the store works while the sockets are written. */
  #run(): void {
    this.#isDue = false
    const rooms = this.#rooms
    const peers = this.#peers
    this.#rooms = []
    this.#peers = []
    for (const room of rooms) room.turn()
    for (const peer of peers) peer.flush()
  }
}
