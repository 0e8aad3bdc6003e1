/** One simulated person: logs in, connects, asks and is answered, comes back after a break. It judges nothing it hears. */

import WebSocket from 'ws'
import type { Frame, FrameReader, Hello, No } from './frames.ts'

/** How long an answer may take before the client gives it up, ms. */
const PATIENCE = 30_000
/** Wait before connecting again, ms. */
const COME_BACK = 1000

export type Answer = { kind: 'ok'; data: unknown } | { kind: 'no'; no: No } | { kind: 'gone'; why: string }

export interface Hearing {
  /** Where this client stands in its room; frames are looked up by that. */
  rev(): number
  frame(frame: Frame): void
  /** The connection is there again after it broke. */
  back(): void
  lost(why: string): void
  /** Something came that no server should send. */
  odd(why: string): void
}

interface Asked {
  answer: (answer: Answer) => void
  /** When to give up, on the clock of `performance.now`. */
  until: number
}

export class Client {
  readonly #url: URL
  readonly #token: string
  readonly #asked = new Map<number, Asked>()
  #hearing: Hearing | null = null
  #reader: FrameReader
  #socket: WebSocket | null = null
  #hello: Hello | null = null
  #ref = 0
  #isDone = false

  constructor(url: URL, token: string, reader: FrameReader) {
    this.#url = url
    this.#token = token
    this.#reader = reader
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === WebSocket.OPEN && this.#hello !== null
  }

  /** Frames sent and not yet answered. */
  get inFlight(): number {
    return this.#asked.size
  }

  get hello(): Hello {
    if (this.#hello === null) throw new Error('not connected yet')
    return this.#hello
  }

  /** From now on frames of a room are read together with all others in it. */
  hear(hearing: Hearing, reader: FrameReader): void {
    this.#hearing = hearing
    this.#reader = reader
  }

  /** Resolves with the server's `hello`, rejects if there is none in time. */
  connect(): Promise<Hello> {
    const { promise, resolve, reject } = Promise.withResolvers<Hello>()
    const at = new URL('/ws', this.#url)
    at.protocol = at.protocol === 'https:' ? 'wss:' : 'ws:'
    const socket = new WebSocket(at, {
      headers: { authorization: `Bearer ${this.#token}` },
      perMessageDeflate: false,
      handshakeTimeout: PATIENCE,
    })
    this.#socket = socket
    this.#hello = null
    const timer = setTimeout(() => socket.terminate(), PATIENCE)
    let trouble = ''
    socket.on('error', (error) => {
      trouble = error.message
    })
    socket.on('message', (data) => {
      if (!Buffer.isBuffer(data)) return
      const frame = this.#read(data)
      if (frame?.t === 'hello') {
        clearTimeout(timer)
        this.#hello = frame
        resolve(frame)
      } else if (frame !== null) this.#take(frame)
    })
    socket.on('close', (code, reason) => {
      clearTimeout(timer)
      const why = trouble || `closed with ${code} ${reason.toString()}`.trim()
      reject(new Error(why))
      this.#drop(why, code)
    })
    return promise
  }

  /** Sends a frame and resolves with its answer; never rejects. */
  ask(frame: Record<string, unknown>): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    if (!this.isOpen) resolve({ kind: 'gone', why: 'not connected' })
    else {
      const ref = ++this.#ref
      this.#asked.set(ref, { answer: resolve, until: performance.now() + PATIENCE })
      this.#socket?.send(JSON.stringify({ ...frame, ref }))
    }
    return promise
  }

  /** Gives up what was asked too long ago. Called now and then, so that no frame needs a timer of its own. */
  expire(now: number): void {
    for (const [ref, { answer, until }] of this.#asked) {
      if (until > now) return
      this.#asked.delete(ref)
      answer({ kind: 'gone', why: `no answer within ${PATIENCE / 1000} s` })
    }
  }

  close(): void {
    this.#isDone = true
    this.#socket?.terminate()
  }

  #read(data: Buffer): Frame | null {
    try {
      return this.#reader.read(data, this.#hearing?.rev() ?? -1)
    } catch (error) {
      this.#hearing?.odd(`a frame that is none: ${String(error)}`)
      return null
    }
  }

  #take(frame: Frame): void {
    if ((frame.t === 'ok' || frame.t === 'no') && frame.ref !== null) {
      const asked = this.#asked.get(frame.ref)
      this.#asked.delete(frame.ref)
      asked?.answer(frame.t === 'ok' ? { kind: 'ok', data: frame.data } : { kind: 'no', no: frame })
    }
    this.#hearing?.frame(frame)
  }

  #drop(why: string, code: number): void {
    for (const { answer } of this.#asked.values()) answer({ kind: 'gone', why })
    this.#asked.clear()
    if (this.#isDone) return
    const wasHeard = this.#hello !== null
    if (wasHeard) this.#hearing?.lost(why)
    // Codes from 4500 on mean “do not come back”.
    if (this.#hearing !== null && code < 4500) setTimeout(() => this.#comeBack(), COME_BACK)
  }

  async #comeBack(): Promise<void> {
    if (this.#isDone) return
    try {
      await this.connect()
      this.#hearing?.back()
    } catch {
      // `connect` failed: its close has already set the next try going.
    }
  }
}

/** A fresh guest's token. Waits out a 429 as long as it is told to, a few times. */
export async function logIn(url: URL): Promise<string> {
  for (let left = 5; ; left--) {
    const answer = await fetch(new URL('/login', url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE),
    })
    const body: unknown = await answer.json().catch(() => null)
    if (answer.ok) return tokenIn(body)
    if (answer.status !== 429 || left === 0) throw new Error(`POST /login answered ${answer.status}`)
    const seconds = Number(answer.headers.get('retry-after') ?? 1)
    await new Promise((resolve) => setTimeout(resolve, Math.min(10, seconds || 1) * 1000))
  }
}

function tokenIn(body: unknown): string {
  if (typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string') {
    return body.token
  }
  throw new Error('POST /login answered without a token')
}
