/** The server's end, by hand: a test sees every frame that a client sends, and says every answer. */

import assert from 'node:assert/strict'
import type { Chat } from '../../client/api.ts'
import type { ChatOptions } from '../../client/chat.ts'
import { createChat } from '../../client/chat.ts'
import type { Dial, Socket } from '../../client/socket.ts'
import type { HelloFrame, ServerFrame } from '../../src/protocol.ts'
import type { AnyRecord, WireRecord } from '../../src/state/records.ts'
import type { FakeClock } from '../support/clock.ts'
import { fakeClock } from '../support/clock.ts'

export interface Asked {
  t: string
  ref: number
  [field: string]: unknown
}

/** Lets everything run that waits for nothing but its turn. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve))
}

export class TestSocket implements Socket {
  readonly url: string
  readonly token: string | null
  /** Frames not yet answered, oldest first. */
  readonly asked: Asked[] = []
  isClosed = false
  readonly #message: ((event: { data: unknown }) => void)[] = []
  readonly #close: ((event: { code: number }) => void)[] = []

  constructor(url: string, token: string | null) {
    this.url = url
    this.token = token
  }

  addEventListener(type: 'message', hear: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', hear: (event: { code: number }) => void): void
  addEventListener(type: 'error', hear: () => void): void
  addEventListener(type: string, hear: (event: { data: unknown; code: number }) => void): void {
    if (type === 'message') this.#message.push((event) => hear({ ...event, code: 0 }))
    if (type === 'close') this.#close.push((event) => hear({ ...event, data: null }))
  }
  send(text: string): void {
    this.asked.push(JSON.parse(text))
  }
  close(): void {
    this.isClosed = true
  }

  say(...frames: ServerFrame[]): void {
    for (const frame of frames) for (const hear of this.#message) hear({ data: JSON.stringify(frame) })
  }
  drop(code = 1006): void {
    this.isClosed = true
    for (const hear of this.#close) hear({ code })
  }
  names(): string[] {
    return this.asked.map(({ t }) => t)
  }
  /** The oldest unanswered frame of that name, which counts as answered now. */
  take(name: string): Asked {
    const at = this.asked.findIndex(({ t }) => t === name)
    const [frame] = this.asked.splice(at, at < 0 ? 0 : 1)
    assert.ok(frame, `the client has not sent ${name}, only ${this.names()}`)
    return frame
  }
  async ok(name: string, data: unknown): Promise<Asked> {
    const frame = this.take(name)
    this.say({ t: 'ok', ref: frame.ref, data })
    await settle()
    return frame
  }
  async no(name: string, no: Partial<Extract<ServerFrame, { t: 'no' }>>): Promise<Asked> {
    const frame = this.take(name)
    this.say({ t: 'no', ref: frame.ref, code: 'forbidden', why: 'No.', retry: null, ...no })
    await settle()
    return frame
  }
}

export const ada = { id: 'ada', name: 'Ada', desk: 'desk:ada' }

export function hello(fields: Partial<HelloFrame> = {}): HelloFrame {
  const limits = {
    body: 10_000,
    bodyBytes: 16_384,
    name: 40,
    roomName: 80,
    frame: 65_536,
    inFlight: 32,
    ttl: 10_000,
    ttlMin: 1_000,
    ttlMax: 600_000,
  }
  const now = Date.UTC(2026, 5, 1)
  return {
    t: 'hello',
    protocol: 1,
    epoch: 'e1',
    user: ada,
    lobby: 'lobby',
    rooms: [],
    limits,
    now,
    ...fields,
  }
}

export interface TestPeer {
  readonly chat: Chat
  clock: FakeClock
  sockets: TestSocket[]
  /** The newest one. */
  readonly socket: TestSocket
  logins: { path: string; authorization: string | undefined; body: unknown }[]
  /** Of the newest log-in: whether the client has given it up. */
  loginSignal: AbortSignal | null
  /** What the next logins are answered; throws: no network. */
  login: () => Response | Promise<Response>
}

/** A client whose server is the test. `random` is always a half. */
export function peer(options: Partial<ChatOptions> = {}): TestPeer {
  const clock = fakeClock()
  const sockets: TestSocket[] = []
  const dial: Dial = (url, token) => {
    const socket = new TestSocket(url, token)
    sockets.push(socket)
    return socket
  }
  const logins: TestPeer['logins'] = []
  const fetch: ChatOptions['fetch'] = async (input, init) => {
    const authorization = new Headers(init?.headers).get('authorization') ?? undefined
    own.loginSignal = init?.signal ?? null
    logins.push({ path: String(input), authorization, body: JSON.parse(String(init?.body)) })
    // A test says what comes of it after it has made the client.
    await new Promise((resolve) => setImmediate(resolve))
    const { promise: givenUp, reject } = Promise.withResolvers<never>()
    init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    return Promise.race([own.login(), givenUp])
  }
  const own: TestPeer = {
    clock,
    sockets,
    logins,
    loginSignal: null,
    login: () => Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' }),
    get chat() {
      return chat
    },
    get socket() {
      const socket = sockets.at(-1)
      assert.ok(socket, 'the client has not dialled')
      return socket
    },
  }
  const url = 'http://parlour.test'
  const chat = createChat({ url, dial, clock, fetch, random: () => 0.5, ...options })
  return own
}

/** Connected, with the desk open and empty. */
export async function greeted(
  options: Partial<ChatOptions> = {},
  fields: Partial<HelloFrame> = {},
): Promise<TestPeer> {
  const own = peer(options)
  await settle()
  own.socket.say(hello(fields))
  await openDesk(own.socket)
  return own
}

export async function openDesk(socket: TestSocket, put: WireRecord[] = [], rev = 1): Promise<void> {
  const open = socket.take('room.open')
  assert.equal(open.room, 'desk:ada')
  socket.say({ t: 'sync', room: 'desk:ada', from: 0, rev, put, del: [], reset: true, floor: 0 })
  socket.say({ t: 'ok', ref: open.ref, data: { rev, online: ['ada'], present: 1, unread: 0 } })
  await settle()
}

/** Answers the opening of r1 with a window: ada born at 1, then these. */
export async function openRoom(
  socket: TestSocket,
  rev: number,
  put: WireRecord[],
  more: { floor?: number; unread?: number; online?: string[] } = {},
): Promise<Asked> {
  const { floor = 0, unread = 0, online = ['ada'] } = more
  const open = socket.take('room.open')
  assert.equal(open.room, 'r1')
  const base: WireRecord[] = [
    record(1, {
      type: 'room',
      id: 'r1',
      kind: 'room',
      name: 'Tea',
      code: 'ABCDEFGHJK',
      vanish: false,
      by: 'ada',
      at: 0,
      people: 2,
    }),
    record(1, { type: 'member', id: 'ada', name: 'Ada', rank: 'owner', at: 0, left: null }),
  ]
  socket.say({ t: 'sync', room: 'r1', from: 0, rev, put: [...base, ...put], del: [], reset: true, floor })
  socket.say({ t: 'ok', ref: open.ref, data: { rev, online, present: online.length, unread } })
  await settle()
  return open
}

export const record = (born: number, fields: AnyRecord): WireRecord => ({ ...fields, born })

export const message = (born: number, by: string, body: string, id = `m${born}`): WireRecord =>
  record(born, { type: 'message', id, by, at: born * 1000, body, edited: null, expires: null })
