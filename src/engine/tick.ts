/**
 * The engine's rhythm: when rooms decide and when connections are written to. It decides late, when the store is free
 * to write, so that all that has queued up by then is one batch; and a connection gets all its bytes in one write.
 */

import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { Clock } from './ports.ts'

export interface Turn {
  turn(): void
}

/** A write that took longer than this is followed by a rest as long as itself; ms. */
const LONG_WRITE = 1
/** The longest rest, ms: what a message may wait for others to come along with. */
const LONGEST_REST = 5

export class Tick {
  readonly #clock: Clock
  readonly #meter: Meter
  #rooms: Turn[] = []
  #peers: Peer[] = []
  #isDue = false
  /** Batches that the store has not answered. */
  #storing = 0
  /** Until when no room decides; ms of the monotonic clock. */
  #restUntil = 0
  #isResting = false

  constructor(clock: Clock, meter: Meter) {
    this.#clock = clock
    this.#meter = meter
  }

  /** The room has something to decide. */
  room(room: Turn): void {
    this.#rooms.push(room)
    if (this.#storing === 0) this.#schedule()
  }

  /** The peer has something to write. */
  peer(peer: Peer): void {
    this.#peers.push(peer)
    this.#schedule()
  }

  /** A batch goes to the store: what comes meanwhile waits for it. */
  storing(): void {
    this.#storing++
  }

  /** The store has answered a batch. */
  stored(): void {
    this.#storing--
    if (this.#storing === 0 && this.#rooms.length > 0) this.#schedule()
  }

  #schedule(): void {
    if (this.#isDue) return
    this.#isDue = true
    setImmediate(() => this.#run())
  }

  /** Decisions go first, so that the store is at work while the sockets are written. */
  #run(): void {
    this.#isDue = false
    this.#decide()
    this.#write()
  }

  #decide(): void {
    if (this.#storing > 0 || this.#rooms.length === 0) return
    const rest = this.#restUntil - this.#clock.elapsed()
    if (rest > 0) return this.#rest(rest)
    const rooms = this.#rooms
    this.#rooms = []
    for (const room of rooms) room.turn()
  }

  #rest(ms: number): void {
    if (this.#isResting) return
    this.#isResting = true
    this.#clock.after(ms, () => {
      this.#isResting = false
      this.#schedule()
    })
  }

  /**
   * Writing to a thousand sockets costs the same for one message as for a hundred. After a long write the rooms rest
   * as long as it took: the answers it calls forth are then one batch, and a crowd takes half of the loop at most.
   */
  #write(): void {
    if (this.#peers.length === 0) return
    const peers = this.#peers
    this.#peers = []
    const start = this.#clock.elapsed()
    for (const peer of peers) peer.flush()
    const end = this.#clock.elapsed()
    this.#meter.fanOut.observe((end - start) / 1000)
    if (end - start > LONG_WRITE) this.#restUntil = end + Math.min(end - start, LONGEST_REST)
  }
}
