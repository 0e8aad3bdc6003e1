/**
 * The engine's rhythm: when rooms decide and when connections are written to. It decides late, when the store is about
 * to be free, so that all that has queued up by then is one batch; and a connection gets all its bytes in one write.
 */

import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { Clock } from './ports.ts'

export interface Turn {
  turn(): void
}

/** Turns whose batches the store has not answered: one that it writes, and the next, so that it need not wait. */
const MOST_TURNS = 2
/** A fan-out that took longer than this is followed by a rest as long as itself; ms. */
const LONG_WRITE = 1
/** The longest rest, ms: what a message may wait for others to come along with. */
const LONGEST_REST = 5

export class Tick {
  readonly #clock: Clock
  readonly #meter: Meter
  #rooms: Turn[] = []
  #peers: Peer[] = []
  #isDue = false
  /** How many batches of each turn are with the store. */
  #turn = { batches: 0 }
  #turns = 0
  /** Commits are among what is to be written. */
  #hasCommits = false
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
    if (this.#turns < MOST_TURNS) this.#schedule()
  }

  /** The peer has something to write. */
  peer(peer: Peer): void {
    this.#peers.push(peer)
    this.#schedule()
  }

  /** A commit is told to those who have its room open. */
  fansOut(): void {
    this.#hasCommits = true
  }

  /** A batch goes to the store. What is returned is to be called once, when the store has answered. */
  storing(): () => void {
    const turn = this.#turn
    if (turn.batches++ === 0) this.#turns++
    return () => {
      if (--turn.batches > 0) return
      this.#turns--
      if (this.#rooms.length > 0) this.#schedule()
    }
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
    if (this.#rooms.length === 0 || this.#turns >= MOST_TURNS) return
    const rest = this.#restUntil - this.#clock.elapsed()
    if (rest > 0) return this.#rest(rest)
    const rooms = this.#rooms
    this.#rooms = []
    this.#turn = { batches: 0 }
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
   * Writing to a thousand sockets costs the same for one message as for a hundred. After a long fan-out the rooms rest
   * as long as it took: the answers it calls forth are then one batch, and a crowd takes half of the loop at most. A
   * rest that somebody waits out is never made longer.
   */
  #write(): void {
    if (this.#peers.length === 0) return
    const peers = this.#peers
    const hasCommits = this.#hasCommits
    this.#peers = []
    this.#hasCommits = false
    const start = this.#clock.elapsed()
    for (const peer of peers) peer.flush()
    const end = this.#clock.elapsed()
    this.#meter.fanOut.observe((end - start) / 1000)
    if (!hasCommits || this.#isResting || this.#rooms.length > 0) return
    if (end - start > LONG_WRITE) this.#restUntil = end + Math.min(end - start, LONGEST_REST)
  }
}
