/**
 * One connection that comes back by itself: at most one socket at a time, with back-off, jitter and a heartbeat. It
 * knows what `hello` and `bye` mean for coming and going; what else the frames say is not its business.
 */

import type { ServerFrame } from '../src/protocol.ts'
import type { Status, Stop } from './api.ts'
import { Backoff } from './backoff.ts'
import type { Clock } from './clock.ts'
import { Refused } from './errors.ts'
import { readFrame } from './frame.ts'
import type { Dial, Socket } from './socket.ts'

/**
 * ms: until `enter` is done, and as long again until `hello`; of silence until a probe; for the probe; of jitter when
 * the network is back.
 */
const PATIENCE = 10_000
const SILENCE = 45_000
const PROBE = 5_000
const JITTER = 1_000

export interface ConnectionOptions {
  /** `ws:` or `wss:`. */
  url: string
  dial: Dial
  clock: Clock
  random: () => number
  /**
   * Gets ready to dial: the token to come with, `null` where a cookie does. Rejects with `Refused` when trying again
   * makes no sense, with anything else when it does. `hasFailed`: the last try ended before `hello`. `signal`: nobody
   * waits for it any more.
   */
  enter(hasFailed: boolean, signal: AbortSignal): Promise<string | null>
}

export interface ConnectionEvents {
  /** Every frame from `hello` on. */
  frame(frame: ServerFrame): void
  /** The connection that said `hello` is gone. */
  lost(): void
  /** The server has ended the session. */
  loggedOut(): void
  /** Sends anything that makes the server answer. */
  probe(): void
  /** Status or `retryAt` is another. */
  changed(): void
}

export class Connection {
  retryAt: number | null = null
  /** Why it does not try any more; `null` while it does. */
  ended: Refused | null = null
  readonly #options: ConnectionOptions
  readonly #events: ConnectionEvents
  readonly #backoff: Backoff
  #socket: Socket | null = null
  #entering: AbortController | null = null
  #isConnected = false
  #isFirst = true
  #isAsleep = false
  #isProbing = false
  #hasFailed = false
  /** Counts tries, so that the late end of an earlier one disturbs nobody. */
  #tries = 0
  /** `elapsed()` of `hello`, and of the last frame. */
  #since = 0
  #heard = 0
  /** What `bye` said, ms. */
  #after: number | null = null
  /** The server said not to come before; `elapsed()`. */
  #notBefore = 0
  #stopTimer: Stop = () => undefined

  constructor(options: ConnectionOptions, events: ConnectionEvents) {
    this.#options = options
    this.#events = events
    this.#backoff = new Backoff(options.random)
  }

  get status(): Status {
    if (this.#isConnected) return 'connected'
    if (this.ended || this.#isAsleep) return 'offline'
    return this.#isFirst ? 'connecting' : 'reconnecting'
  }

  /** Begins, or begins again after an end. */
  start(): void {
    this.ended = null
    this.#backoff.reset()
    this.#drop()
    this.#try()
  }

  /** Ends until `start`. */
  stop(why: Refused): void {
    this.#drop()
    this.ended = why
    this.#events.changed()
  }

  /** `false`: there is no connection, nothing was sent. */
  send(text: string): boolean {
    if (!this.#isConnected || !this.#socket) return false
    this.#socket.send(text)
    return true
  }

  wake(): void {
    this.#isAsleep = false
    if (this.#isConnected) this.#probe()
    else if (this.retryAt !== null) {
      this.#backoff.reset()
      const told = Math.max(0, this.#notBefore - this.#options.clock.elapsed())
      this.#retryIn(told, this.#options.random() * JITTER)
    }
    this.#events.changed()
  }

  /** The machine says that it has no network. It may be wrong: a server on this machine is reached all the same. */
  sleep(): void {
    this.#isAsleep = true
    this.#events.changed()
  }

  tryNow(): void {
    this.#backoff.reset()
    if (this.retryAt !== null) this.#try()
  }

  #try(): void {
    this.#stopTimer()
    this.retryAt = null
    this.#after = null
    const tries = ++this.#tries
    const isStale = () => tries !== this.#tries
    const entering = new AbortController()
    this.#entering = entering
    this.#stopTimer = this.#options.clock.after(PATIENCE, () => this.#closed(1006))
    this.#events.changed()
    this.#options.enter(this.#hasFailed, entering.signal).then(
      (token) => {
        if (isStale()) return
        this.#entering = null
        this.#dial(token)
      },
      (error) => {
        if (isStale()) return
        this.#entering = null
        this.#isFirst = false
        const wait = error instanceof Refused ? error.retry : 0
        if (wait === null) this.stop(error)
        else this.#retryIn(wait, Math.max(wait * this.#options.random(), this.#backoff.next() - wait))
      },
    )
  }

  #dial(token: string | null): void {
    let socket: Socket
    try {
      socket = this.#options.dial(this.#options.url, token)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.stop(new Refused('internal', `This address cannot be connected to: ${why}`))
      return
    }
    this.#socket = socket
    this.#stopTimer()
    // Sockets replaced by another go on talking for a while; nobody listens.
    socket.addEventListener('message', ({ data }) => {
      if (socket === this.#socket) this.#hear(data)
    })
    socket.addEventListener('close', ({ code }) => {
      if (socket === this.#socket) this.#closed(code)
    })
    // An error is always followed by the close, which tells more.
    socket.addEventListener('error', () => undefined)
    this.#stopTimer = this.#options.clock.after(PATIENCE, () => this.#closed(1006))
  }

  #hear(data: unknown): void {
    this.#heard = this.#options.clock.elapsed()
    this.#isProbing = false
    const frame = readFrame(data)
    if (!frame) return
    if (frame.t === 'hello') this.#welcomed()
    else if (frame.t === 'bye') this.#after = frame.after
    if (this.#isConnected) this.#events.frame(frame)
  }

  #welcomed(): void {
    this.#stopTimer()
    this.#isConnected = true
    this.#isFirst = false
    this.#hasFailed = false
    this.#isAsleep = false
    this.#since = this.#heard
    this.#listenForSilence()
    this.#events.changed()
  }

  /** One timer for a whole silence instead of one per frame. */
  #listenForSilence(): void {
    this.#stopTimer()
    const silent = this.#options.clock.elapsed() - this.#heard
    if (silent >= SILENCE) this.#probe()
    else this.#stopTimer = this.#options.clock.after(SILENCE - silent, () => this.#listenForSilence())
  }

  #probe(): void {
    if (this.#isProbing) return
    this.#isProbing = true
    this.#stopTimer()
    this.#stopTimer = this.#options.clock.after(PROBE, () => {
      if (this.#isProbing) this.#closed(1006)
      else this.#listenForSilence()
    })
    this.#events.probe()
  }

  #closed(code: number): void {
    const after = this.#after
    if (this.#isConnected) this.#backoff.lasted(this.#options.clock.elapsed() - this.#since)
    else this.#hasFailed = true
    this.#drop()
    this.#isFirst = false
    if (code >= 4500 && code <= 4999) {
      this.#events.loggedOut()
      this.stop(new Refused('forbidden', 'You are logged out.'))
    } else if (after !== null) this.#retryIn(after, 0)
    else this.#retryIn(0, this.#backoff.next())
  }

  /** As long as the server said, and on top what keeps a crowd from coming back as one; ms. */
  #retryIn(told: number, spread: number): void {
    const { clock } = this.#options
    this.#stopTimer()
    this.#notBefore = clock.elapsed() + told
    this.retryAt = clock.now() + told + spread
    this.#stopTimer = clock.after(told + spread, () => this.#try())
    this.#events.changed()
  }

  /** No socket, no timer, no try under way. */
  #drop(): void {
    this.#stopTimer()
    this.#tries++
    this.retryAt = null
    this.#after = null
    this.#isProbing = false
    this.#entering?.abort()
    this.#entering = null
    const socket = this.#socket
    this.#socket = null
    socket?.close()
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#events.lost()
  }
}
