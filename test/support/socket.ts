/** A tiny client that speaks the protocol frame by frame, for tests that look at the frames themselves. It repairs nothing. */

import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { ErrorCode, HelloFrame, NoFrame, OkFrame, ServerFrame } from '../../src/protocol.ts'

export interface Ticket {
  user: { id: string; name: string }
  token: string
}

export interface Place {
  url: string
  socketUrl: string
}

/** `POST /login`. Throws on anything but 200. */
export async function login(
  place: Place,
  fields: Record<string, unknown> = {},
  token?: string,
): Promise<Ticket> {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const response = await fetch(`${place.url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify(fields),
  })
  const text = await response.text()
  if (response.status !== 200) throw new Error(`login answered ${response.status}: ${text}`)
  // The shape is what test/net/login.test.ts checks.
  return JSON.parse(text) as Ticket
}

export class Refused extends Error {
  readonly code: ErrorCode
  readonly frame: NoFrame

  constructor(frame: NoFrame) {
    super(`${frame.code}: ${frame.why}`)
    this.code = frame.code
    this.frame = frame
  }
}

type FrameOf<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>

export class TestSocket {
  /** All frames that came, oldest first. */
  readonly frames: ServerFrame[] = []
  readonly ws: WebSocket
  /** Resolves when the connection is over. */
  readonly closed: Promise<{ code: number; why: string }>
  #ref = 0
  readonly #waiting = new Set<() => void>()
  #isOver = false

  constructor(ws: WebSocket) {
    this.ws = ws
    ws.on('message', (data: Buffer) => {
      // What the server sends is what these tests are about.
      this.frames.push(JSON.parse(data.toString()) as ServerFrame)
      this.#wake()
    })
    ws.on('error', () => undefined)
    this.closed = new Promise((resolve) => {
      ws.on('close', (code, why) => {
        this.#isOver = true
        this.#wake()
        resolve({ code, why: why.toString() })
      })
    })
  }

  /** Sends a text as it is, or a value as JSON. */
  send(frame: unknown): void {
    this.ws.send(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  /** Sends, with a fresh ref unless the frame has one, and waits for the answer. */
  async answer(frame: Record<string, unknown>): Promise<OkFrame | NoFrame> {
    const ref = typeof frame.ref === 'number' ? frame.ref : ++this.#ref
    const isAnswer = (it: ServerFrame): it is OkFrame | NoFrame =>
      (it.t === 'ok' || it.t === 'no') && it.ref === ref
    const answered = this.#find(isAnswer, this.frames.length)
    this.send({ ...frame, ref })
    return answered
  }

  /** The `data` of the `ok`; throws `Refused` on a `no`. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says itself what it expects
  async ask(frame: Record<string, unknown>): Promise<any> {
    const answer = await this.answer(frame)
    if (answer.t === 'no') throw new Refused(answer)
    return answer.data
  }

  /** The code of the `no`; throws when it was allowed. */
  async refusal(frame: Record<string, unknown>): Promise<ErrorCode> {
    const answer = await this.answer(frame)
    if (answer.t === 'ok') throw new Error(`allowed: ${JSON.stringify(frame)}`)
    return answer.code
  }

  /** The first frame of this kind that fits, also among those that came before. Rejects when the connection ends first. */
  get<T extends ServerFrame['t']>(
    t: T,
    fits: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    const is = (frame: ServerFrame): frame is FrameOf<T> => frame.t === t
    return this.#find((frame): frame is FrameOf<T> => is(frame) && fits(frame))
  }

  /** The same, among frames that come from now on. */
  next<T extends ServerFrame['t']>(
    t: T,
    fits: (frame: FrameOf<T>) => boolean = () => true,
  ): Promise<FrameOf<T>> {
    const is = (frame: ServerFrame): frame is FrameOf<T> => frame.t === t
    return this.#find((frame): frame is FrameOf<T> => is(frame) && fits(frame), this.frames.length)
  }

  /** All frames of this kind so far. */
  all<T extends ServerFrame['t']>(t: T): FrameOf<T>[] {
    return this.frames.filter((frame): frame is FrameOf<T> => frame.t === t)
  }

  close(): Promise<{ code: number; why: string }> {
    this.ws.close()
    return this.closed
  }

  /** As when the network is gone. */
  terminate(): Promise<{ code: number; why: string }> {
    this.ws.terminate()
    return this.closed
  }

  #find<F extends ServerFrame>(fits: (frame: ServerFrame) => frame is F, from = 0): Promise<F> {
    let seen = from
    return new Promise((resolve, reject) => {
      const look = () => {
        for (; seen < this.frames.length; seen += 1) {
          const frame = this.frames[seen]!
          if (fits(frame)) {
            this.#waiting.delete(look)
            resolve(frame)
            return
          }
        }
        if (this.#isOver) {
          this.#waiting.delete(look)
          reject(new Error('the connection ended before such a frame came'))
        }
      }
      this.#waiting.add(look)
      look()
    })
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look()
  }
}

/** A socket of somebody who has a token. Rejects with the status when the upgrade is refused. */
export async function openSocket(
  place: Place,
  token: string,
  headers: Record<string, string> = {},
): Promise<TestSocket> {
  const ws = new WebSocket(place.socketUrl, { headers: { authorization: `Bearer ${token}`, ...headers } })
  const socket = new TestSocket(ws)
  await once(ws, 'open')
  return socket
}

export interface Person {
  id: string
  name: string
  token: string
  socket: TestSocket
  hello: HelloFrame
}

/** Logs in, connects and waits for `hello`. */
export async function join(place: Place, name?: string): Promise<Person> {
  const { user, token } = await login(place, name === undefined ? {} : { name })
  const socket = await openSocket(place, token)
  const hello = await socket.get('hello')
  return { ...user, token, socket, hello }
}

/** The same person once more: another device, or back again. */
export async function joinAgain(place: Place, person: Person): Promise<Person> {
  const socket = await openSocket(place, person.token)
  return { ...person, socket, hello: await socket.get('hello') }
}
