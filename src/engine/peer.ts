/** A connected person's end: what is to be written to one connection, and how many of its frames are unanswered. */

import type { ErrorCode } from '../protocol.ts'
import type { Person } from './people.ts'
import type { Encode, Link, Peer as PeerPort } from './ports.ts'
import { Readings } from './readings.ts'
import type { EngineSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'
import type { Tick } from './tick.ts'

/** Bytes, or characters of texts, that are copied together for one write. */
const MOST_JOINED = 64 * 1024

/** What a peer needs of the engine around it. */
export interface PeerHost {
  readonly tick: Tick
  readonly settings: EngineSettings
  readonly encode: Encode
  receive(peer: Peer, text: string): void
  gone(peer: Peer): void
  /** What was not told while the backlog was large. */
  drained(peer: Peer): void
}

export class Peer implements PeerPort {
  readonly person: Person
  readonly link: Link
  /** Rooms it has open. */
  readonly open = new Map<string, Subscription>()
  /** What it has asked to be read. */
  readonly readings: Readings
  isGone = false
  #isBehind = false
  readonly #host: PeerHost
  #inFlight = 0
  #isPaused = false
  /** Answers were given since the backlog was last looked at. */
  #hasAnswers = false
  // Nearly always one frame at a time: a lone slot spares an array per receiver and batch.
  #first: string | Uint8Array | null = null
  #more: (string | Uint8Array)[] | null = null

  constructor(host: PeerHost, person: Person, link: Link) {
    this.#host = host
    this.person = person
    this.link = link
    this.readings = new Readings(this, host.settings.resumeBacklog)
  }

  /** Bytes that the other end has not yet taken, or 0 while they are few: to look at each of a thousand links takes time. */
  get backlog(): number {
    return this.#isBehind ? this.link.backlog : 0
  }

  receive(text: string): void {
    if (this.isGone) return
    this.#inFlight++
    this.#regulate()
    this.#host.receive(this, text)
  }

  behind(): void {
    this.#isBehind = true
  }

  drained(): void {
    this.#isBehind = false
    for (const subscription of this.open.values()) subscription.drained()
    this.#host.drained(this)
    this.readings.next()
    this.#regulate()
  }

  beat(): void {
    const live = [...this.open].filter(([, subscription]) => subscription.isLive)
    const rooms = Object.fromEntries(live.map(([room, { rev }]) => [room, rev]))
    this.tell({ t: 'beat', rooms })
  }

  disconnect(): void {
    if (this.isGone) return
    this.isGone = true
    this.readings.next()
    this.#host.gone(this)
  }

  /** Writes, in this turn of the loop, after all that was pushed before: a frame's text, or bytes made by `Encode`. */
  push(frame: string | Uint8Array): void {
    if (this.isGone) return
    if (this.#first === null) {
      this.#first = frame
      this.#host.tick.peer(this)
    } else if (this.#more === null) this.#more = [frame]
    else this.#more.push(frame)
  }

  /** Writes at once, after all that was pushed before, what is the caller's again once it is `taken`. */
  lend(bytes: Uint8Array, taken: () => void): void {
    this.flush()
    this.link.lend(bytes, taken)
  }

  tell(frame: object): void {
    this.push(JSON.stringify(frame))
  }

  /** Answers one frame; each frame received gets exactly one answer, unless it has no `ref` and went well. */
  ok(ref: number | null, data: string): void {
    this.#settle()
    if (ref !== null) this.push(`{"t":"ok","ref":${ref},"data":${data}}`)
  }

  no(ref: number | null, code: ErrorCode, why: string, retry: number | null = null): void {
    this.#settle()
    this.tell({ t: 'no', ref, code, why, retry })
  }

  /** One write for all that was pushed. */
  flush(): void {
    const first = this.#first
    if (first === null) return
    this.#first = null
    if (this.#more !== null) this.#writeAll([first, ...this.#more])
    else this.link.write(typeof first === 'string' ? this.#host.encode(first) : first)
    // A thousand who only listen need not be looked at.
    if (!this.#hasAnswers) return
    this.#hasAnswers = false
    this.#regulate()
  }

  /** A copy for each receiver is worth saving a system call only while it is small. */
  #writeAll(all: readonly (string | Uint8Array)[]): void {
    this.#more = null
    const { encode } = this.#host
    if (all.reduce((sum, { length }) => sum + length, 0) <= MOST_JOINED) this.link.write(encode(all))
    else for (const part of all) this.link.write(typeof part === 'string' ? encode(part) : part)
  }

  #settle(): void {
    this.#inFlight--
    this.#hasAnswers = true
    this.#regulate()
  }

  /** [R22] Whoever does not read their answers is not asked for more questions. */
  #regulate(): void {
    const { inFlight, liveBacklog, resumeBacklog } = this.#host.settings
    const { backlog } = this
    if (!this.#isPaused && (this.#inFlight >= inFlight || backlog > liveBacklog)) {
      this.#isPaused = true
      this.link.pause()
    } else if (this.#isPaused && this.#inFlight <= inFlight / 2 && backlog <= resumeBacklog) {
      this.#isPaused = false
      this.link.resume()
    }
  }
}
