/**
 * One WebSocket: hands its texts to the engine, writes what the engine encoded, and notices when the peer is gone,
 * stalls or floods. It knows no frame and no room.
 */

import type { Socket } from 'node:net'
import type { Link, Log, Peer } from '../engine/ports.ts'
import { closeCodes } from '../protocol.ts'
import { Bucket } from '../state/bucket.ts'
import type { Client, Owner } from './client.ts'
import type { Hearing } from './hearing.ts'
import { Inbound } from './inbound.ts'
import { Intake } from './intake.ts'
import type { NetSettings } from './settings.ts'

export interface Holder {
  address: string
  user: string
  session: string
}

export class Connection implements Link, Owner {
  readonly address: string
  readonly user: string
  readonly session: string
  /** When its session is looked at again; ms, monotonic. */
  sessionDue: number

  readonly #ws: Client
  readonly #socket: Socket
  readonly #settings: NetSettings
  readonly #log: Log
  readonly #gone: (connection: Connection) => void
  readonly #inbound = new Inbound()
  readonly #intake: Intake
  readonly #idleFrames: Bucket
  readonly #messages: Bucket | null
  #peer: Peer | null = null
  #isOver = false
  #now: number
  #pingAt: number
  /** By when an answer to the ping must have come, and the bytes that had come before it. */
  #answerBy: number | null = null
  #heard = 0
  /** Since when, and after how many whole messages, a message has been unfinished. */
  #unfinished: { since: number; messages: number } | null = null
  /** The backlog has grown, which the engine has heard, and not yet that it is small again. */
  #isBehind = false
  /** Writes to a peer behind that went out, and how many had when it was last seen to progress. */
  #flushed = 0
  #stalled: { since: number; flushed: number } | null = null

  /** `gone` is called once, when the socket is. */
  constructor(
    ws: Client,
    socket: Socket,
    holder: Holder,
    settings: NetSettings,
    hearing: Hearing,
    log: Log,
    now: number,
    gone: (connection: Connection) => void,
  ) {
    this.address = holder.address
    this.user = holder.user
    this.session = holder.session
    this.sessionDue = now + settings.sessionCheck
    this.#ws = ws
    this.#socket = socket
    this.#settings = settings
    this.#log = log
    this.#gone = gone
    this.#now = now
    this.#pingAt = now + this.#pingDelay()
    this.#idleFrames = new Bucket(settings.idleFrames, now)
    this.#messages = settings.messages && new Bucket(settings.messages, now)
    this.#intake = new Intake(ws, holder.address, hearing)
    // Before the listener of `ws`, so that a flood is seen before it is served.
    socket.prependListener('data', (chunk: Buffer) => this.#count(chunk))
    ws.listen(this)
  }

  get backlog(): number {
    return this.#socket.writableLength
  }

  /** The engine knows the peer: from now on it hears what comes, and what came meanwhile. */
  attach(peer: Peer): void {
    this.#socket.uncork()
    if (this.#isOver) {
      peer.disconnect()
    } else {
      this.#peer = peer
      if (this.#isBehind) peer.behind()
      this.#intake.attach(peer)
    }
  }

  /**
   * Goes past `ws` to the socket, because `ws` would make a header for each of a thousand receivers. Safe as long as
   * `ws` writes its own frames synchronously and whole, which it does without compression and without Blobs.
   */
  write(bytes: Uint8Array): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (this.#socket.writableLength + bytes.length <= this.#settings.resumeBacklog) {
      this.#socket.write(bytes)
    } else {
      this.#socket.write(bytes, () => this.#progress())
      // What the system took at once is no longer counted here.
      this.#noteBehind()
    }
  }

  lend(bytes: Uint8Array, taken: () => void): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return taken()
    this.#socket.write(bytes, () => {
      this.#progress()
      taken()
    })
    this.#noteBehind()
  }

  pause(): void {
    this.#intake.pause()
  }

  resume(): void {
    this.#intake.resume()
  }

  close(code: number, why: string): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    this.#intake.drop()
    this.#ws.close(code, why)
    this.#socket.uncork()
    // `ws` reads on until the peer's own close frame comes or the close timeout ends the socket.
    this.#ws.resume()
  }

  terminate(): void {
    this.#ws.terminate()
  }

  end(): void {
    this.#isOver = true
    this.#intake.end()
    this.#peer?.disconnect()
    this.#gone(this)
  }

  /** Called about once a second. `wasLate`: the server itself slept, so silence proves nothing. */
  tick(now: number, wasLate: boolean): void {
    this.#now = now
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (wasLate) this.#answerBy = null
    // The engine is slow to greet: at least the upgrade is answered.
    if (this.#peer === null) this.#socket.uncork()
    this.#noteDrained()
    // Frames of `ws` itself may have made it so.
    this.#noteBehind()
    if (this.#isStalled(now)) {
      // No close frame would get through; closing politely would hold the backlog in memory meanwhile.
      this.#log.info('slow_reader', { user: this.user, backlog: this.backlog })
      this.terminate()
    } else if (this.#isSilent(now)) this.close(closeCodes.silent, 'no sign of life')
    else if (this.#isUnfinished(now)) this.close(closeCodes.silent, 'a message was never finished')
    else if (now >= this.#pingAt) this.#ping(now)
  }

  hear(data: Buffer, isBinary: boolean): void {
    if (this.#ws.readyState !== this.#ws.OPEN) return
    if (isBinary) this.close(closeCodes.unsupported, 'only text frames are understood')
    else this.#intake.hear(data.toString())
  }

  fail(why: string): void {
    this.#log.info('broken_connection', { user: this.user, why })
  }

  #count(chunk: Buffer): void {
    const { idle, messages } = this.#inbound
    this.#inbound.read(chunk)
    const isFlood =
      this.#idleFrames.take(this.#now, this.#inbound.idle - idle) > 0 ||
      (this.#messages?.take(this.#now, this.#inbound.messages - messages) ?? 0) > 0
    if (!isFlood || this.#ws.readyState !== this.#ws.OPEN) return
    this.#log.warn('flood', { user: this.user, address: this.address })
    this.close(closeCodes.flood, 'too many frames')
    // What is still to come is not even read; the close timeout ends it.
    this.#ws.pause()
  }

  #progress(): void {
    this.#flushed += 1
    this.#noteDrained()
  }

  #noteBehind(): void {
    if (this.#isBehind || this.#socket.writableLength <= this.#settings.resumeBacklog) return
    this.#isBehind = true
    this.#peer?.behind()
  }

  #noteDrained(): void {
    if (!this.#isBehind || this.#socket.writableLength >= this.#settings.resumeBacklog) return
    this.#isBehind = false
    this.#peer?.drained()
  }

  #ping(now: number): void {
    this.#pingAt = now + this.#pingDelay()
    this.#answerBy = now + this.#settings.pingAnswer
    this.#heard = this.#socket.bytesRead
    this.#ws.ping()
    this.#peer?.beat()
  }

  #pingDelay(): number {
    return this.#settings.pingEvery * (0.8 + 0.4 * Math.random())
  }

  #isSilent(now: number): boolean {
    if (this.#answerBy === null) return false
    // While we do not read, nobody can answer; who takes nothing meanwhile is cut as stalled.
    if (this.#intake.isHeldUp || this.#socket.bytesRead > this.#heard) this.#answerBy = null
    return this.#answerBy !== null && now >= this.#answerBy
  }

  #isUnfinished(now: number): boolean {
    const { isUnfinished, messages } = this.#inbound
    if (!isUnfinished || this.#intake.isHeldUp) this.#unfinished = null
    else if (this.#unfinished?.messages !== messages) this.#unfinished = { since: now, messages }
    return this.#unfinished !== null && now - this.#unfinished.since >= this.#settings.unfinished
  }

  #isStalled(now: number): boolean {
    const flushed = this.#flushed
    if (this.backlog <= this.#settings.resumeBacklog) this.#stalled = null
    else if (this.#stalled?.flushed !== flushed) this.#stalled = { since: now, flushed }
    return this.#stalled !== null && now - this.#stalled.since >= this.#settings.stalled
  }
}
