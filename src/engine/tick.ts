/**
 * The engine's rhythm: when rooms decide and when connections are written to. It decides late, when the store is about
 * to be free, so that all that has queued up by then is one batch; and a connection gets all its bytes in one write.
 */

import type { Meter } from './meter.ts'
import type { Cancel, Clock } from './ports.ts'
import { Rests } from './rests.ts'

export interface Turn {
  /** Of the room. */
  readonly id: string
  /** Who is likely to come along is there, or the batch has no space for them: nothing is gained by a rest. */
  readonly isComplete: boolean
  turn(): void
}

/** What gathers what is to be written, such as a `Peer`. */
export interface Gatherer {
  flush(): void
}

/** Turns whose batches the store has not answered: one that it writes, and the next, so that it need not wait. */
const MOST_TURNS = 2

/**
 * ms of hearing, or of deciding, after which the loop goes round once before what comes next, so that whatever else is
 * due comes between: then it is late by the longest of hearing, deciding and writing, and not by all three.
 */
const LONG = 3

export class Tick {
  readonly #clock: Clock
  readonly #meter: Meter
  #rooms: Turn[] = []
  #peers: Gatherer[] = []
  #isDue = false
  /** Since when, ms: what was heard in this turn of the loop was heard after that. */
  #dueSince = 0
  /** The last run did nothing, because hearing had taken long. */
  #hasGoneRound = false
  /** The last run decided for so long that it did not write. */
  #owesWriting = false
  /** Of the latest turn: how many batches are with the store. */
  #turn = { batches: 0 }
  /** How many turns have batches there. */
  #turns = 0
  readonly #rests = new Rests()
  /** When the first of the rooms that rest is to be looked at; ms. */
  #wakesAt = Number.POSITIVE_INFINITY
  #cancelWaking: Cancel = () => undefined

  constructor(clock: Clock, meter: Meter) {
    this.#clock = clock
    this.#meter = meter
  }

  /** The room has something to decide. */
  room(room: Turn): void {
    this.#rooms.push(room)
    if (this.#turns < MOST_TURNS) this.#schedule()
  }

  /** A room is complete: if it rests, that ends. */
  complete(): void {
    if (this.#wakesAt < Number.POSITIVE_INFINITY) this.#schedule()
  }

  /** The peer has something to write. */
  peer(peer: Gatherer): void {
    this.#peers.push(peer)
    this.#schedule()
  }

  /** A commit of so many commands is about to be told to so many connections that have its room open. */
  fansOut(room: string, receivers: number, commands: number): void {
    this.#rests.begin(room, receivers, commands)
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
    this.#dueSince = this.#clock.elapsed()
    setImmediate(() => this.#run())
  }

  /** Decisions go first, so that the store is at work while the sockets are written; but see `Rests`. */
  #run(): void {
    this.#isDue = false
    // Never twice in a row: who always has something to say would never get an answer.
    this.#hasGoneRound = !this.#hasGoneRound && this.#hasPassed(LONG, this.#dueSince)
    if (this.#hasGoneRound) return this.#schedule()
    const owedWriting = this.#owesWriting
    if (!owedWriting) {
      const start = this.#clock.elapsed()
      this.#decide()
      this.#owesWriting = this.#peers.length > 0 && this.#hasPassed(LONG, start)
      if (this.#owesWriting) return this.#schedule()
    }
    this.#owesWriting = false
    this.#write()
    if (owedWriting && this.#rooms.length > 0 && this.#turns < MOST_TURNS) this.#schedule()
  }

  #hasPassed(ms: number, since: number): boolean {
    return this.#clock.elapsed() - since > ms
  }

  #decide(): void {
    if (this.#rooms.length === 0 || this.#turns >= MOST_TURNS) return
    const rooms = this.#rooms
    const now = this.#clock.elapsed()
    const turn = { batches: 0 }
    let wait = Number.POSITIVE_INFINITY
    this.#rooms = []
    for (const room of rooms) {
      const rest = this.#rests.of(room.id, now)
      if (rest === 0 || (rest < Number.POSITIVE_INFINITY && room.isComplete)) {
        this.#turn = turn
        room.turn()
      } else {
        this.#rooms.push(room)
        wait = Math.min(wait, rest)
      }
    }
    if (wait < Number.POSITIVE_INFINITY) this.#wakeIn(wait, now)
  }

  #wakeIn(ms: number, now: number): void {
    if (now + ms >= this.#wakesAt) return
    this.#cancelWaking()
    this.#wakesAt = now + ms
    this.#cancelWaking = this.#clock.after(ms, () => {
      this.#wakesAt = Number.POSITIVE_INFINITY
      this.#schedule()
    })
  }

  #write(): void {
    const peers = this.#peers
    this.#peers = []
    const start = this.#clock.elapsed()
    for (const peer of peers) peer.flush()
    const end = this.#clock.elapsed()
    if (peers.length > 0) this.#meter.fanOut.observe((end - start) / 1000)
    if (this.#rests.told(peers.length, start, end) && this.#rooms.length > 0) this.#schedule()
  }
}
