/** The client library in one object: connection, person, rooms and outbox. It touches no DOM. */

import { nanoid } from 'nanoid'
import type { Answered, FrameName, Sent } from '../src/features/index.ts'
import type { HelloFrame, Limits, RoomSummary, Self, ServerFrame } from '../src/protocol.ts'
import type { Chat, OpenRoom, Pending, Status, Stop } from './api.ts'
import type { Clock } from './clock.ts'
import { realClock } from './clock.ts'
import { Connection } from './connection.ts'
import { Desk } from './desk.ts'
import { Lost, Refused } from './errors.ts'
import { Listeners } from './listeners.ts'
import { logIn, logOut } from './login.ts'
import { Outbox } from './outbox.ts'
import type { OutboxStorage } from './outbox-storage.ts'
import { memoryOutbox } from './outbox-storage.ts'
import { Rooms } from './rooms.ts'
import { Session } from './session.ts'
import type { Dial } from './socket.ts'
import { World } from './world.ts'

export interface ChatOptions {
  /** Of the server: `http:` or `https:`. */
  url: string
  dial: Dial
  /** Without it the outbox does not survive a reload. */
  storage?: OutboxStorage
  /** What says who I am. A `cookie` (default) is the browser's business; a `token` is kept here. */
  proof?: 'cookie' | 'token'
  /** Comes in as this person, and never as another. Makes `token` the proof. */
  token?: string
  /** Wished for when logging in; without it the server gives one. */
  name?: string
  fetch?: typeof fetch
  clock?: Clock
  /** From 0 to 1, for jitter. */
  random?: () => number
}

/** ms that somebody who logs in or out waits for an answer. */
const PATIENCE = 10_000

/** Begins to connect at once. */
export const createChat = (options: ChatOptions): Chat => new ParlourChat(options)

class ParlourChat implements Chat {
  limits: Limits | null = null
  lobby = ''
  token: string | null
  readonly #options: ChatOptions
  readonly #fetch: typeof fetch
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #session: Session
  readonly #world: World
  readonly #desk: Desk
  readonly #outbox: Outbox
  readonly #rooms: Rooms
  readonly #listeners = new Listeners()
  #ready = Promise.withResolvers<Chat>()
  #isIn: boolean

  constructor(options: ChatOptions) {
    const { url, dial, clock = realClock, random = Math.random, storage = memoryOutbox(), token } = options
    this.#options = options
    // Called as a method of something else, the browser's own refuses to work.
    this.#fetch = options.fetch ?? ((input, init) => fetch(input, init))
    this.#clock = clock
    this.token = token ?? null
    this.#isIn = token !== undefined
    this.#connection = new Connection(
      {
        url: socketUrl(url),
        dial,
        clock,
        random,
        enter: (hasFailed, signal) => this.#enter(hasFailed, signal),
      },
      {
        frame: (frame) => this.#hear(frame),
        lost: () => this.#lost(),
        loggedOut: () => this.#leave(),
        probe: () => this.#session.probe(),
        changed: () => this.#changed(),
      },
    )
    this.#session = new Session(this.#connection)
    this.#world = new World(clock, this.#session)
    this.#desk = new Desk(this.#world, { changed: (room) => this.#rooms.touched(room) })
    this.#outbox = new Outbox({
      world: this.#world,
      storage,
      isBehind: (room, rev) => this.#rooms.isBehind(room, rev),
      changed: (room) => this.#rooms.touched(room),
    })
    this.#rooms = new Rooms({
      world: this.#world,
      desk: this.#desk,
      outbox: this.#outbox,
      changed: () => this.#changed(),
    })
    // Who does not wait for it sees `status`.
    this.#ready.promise.catch(() => undefined)
    this.#connection.start()
  }

  get status(): Status {
    return this.#connection.status
  }
  get retryAt(): number | null {
    return this.#connection.retryAt
  }
  get ended(): Refused | null {
    return this.#connection.ended
  }
  get me(): Self {
    return this.#desk.self
  }
  get rooms(): ReadonlyMap<string, RoomSummary> {
    return this.#rooms.list()
  }
  get pending(): readonly Pending[] {
    return this.#outbox.all()
  }

  serverNow = (): number => this.#world.serverNow()
  ready = (): Promise<Chat> => this.#ready.promise
  open = (room: string): OpenRoom => this.#rooms.open(room)
  subscribe = (listener: () => void): Stop => this.#listeners.add(listener)
  wake = (): void => this.#connection.wake()
  sleep = (): void => this.#connection.sleep()
  tryNow = (): void => this.#connection.tryNow()

  ask<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>> {
    return this.#session.ask(name, fields)
  }

  async create(name: string, { vanish = false }: { vanish?: boolean } = {}): Promise<string> {
    const room = nanoid()
    await this.#insist('room.create', { room, name, vanish })
    return room
  }

  async join(code: string): Promise<string> {
    const { room } = await this.#insist('room.join', { code })
    if (room === undefined) throw new Error('the server did not say which room this code opens')
    return room
  }

  async rename(name: string): Promise<void> {
    await this.#insist('member.rename', { name })
  }

  async login(name?: string): Promise<void> {
    await this.#patiently((signal) => this.#logIn(name ?? null, signal))
    const { resolve, reject } = this.#ready
    this.#ready = Promise.withResolvers()
    // Who waits for the one before waits for this one.
    this.#ready.promise.then(resolve, reject)
    this.#connection.start()
  }

  async logout(): Promise<void> {
    const { url } = this.#options
    await this.#patiently((signal) => logOut({ url, token: this.token, fetch: this.#fetch, signal }))
    this.#outbox.clear()
    this.#leave()
    this.token = null
    this.#connection.stop(new Refused('forbidden', 'You are logged out.'))
  }

  close(): void {
    this.#connection.stop(new Refused('forbidden', 'The connection was closed here.'))
    this.#rooms.close()
    this.#desk.close()
    this.#outbox.close()
  }

  /** The first time as whoever the cookie or the name says; after a failure perhaps the session is gone. */
  async #enter(hasFailed: boolean, signal: AbortSignal): Promise<string | null> {
    if (!this.#isIn || hasFailed) {
      const { name } = this.#options
      const isBack = this.me.id !== ''
      await this.#logIn(name === undefined ? null : isBack ? this.me.name : name, signal)
    }
    return this.token
  }

  /** Rejects with `Lost` when no answer came, or none in time. */
  async #patiently(request: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const patience = new AbortController()
    const stop = this.#clock.after(PATIENCE, () => patience.abort())
    try {
      await request(patience.signal)
    } catch (error) {
      if (error instanceof Refused || error instanceof Lost) throw error
      throw new Lost('The server does not answer. Try again.', true)
    } finally {
      stop()
    }
  }

  /** A token that somebody came with is exchanged for a fresh one at times, but never for one of another person. */
  async #logIn(name: string | null, signal: AbortSignal): Promise<void> {
    const { url, proof = 'cookie', token } = this.#options
    const given = await logIn({ url, name, token: this.token, fetch: this.#fetch, signal })
    const isOther = this.me.id !== '' && this.me.id !== given.person
    if (token !== undefined && isOther) throw new Refused('forbidden', 'This token is not valid.')
    if (proof === 'token' || token !== undefined) this.token = given.token
    this.#isIn = true
  }

  /** Nothing of the person is shown any more, and who comes next comes without their token. */
  #leave(): void {
    this.#isIn = false
    if (this.#options.token === undefined) this.token = null
    this.#rooms.leave()
  }

  #hear(frame: ServerFrame): void {
    switch (frame.t) {
      case 'hello':
        return this.#hello(frame)
      case 'sync':
        if (!this.#desk.sync(frame)) this.#rooms.sync(frame)
        return
      case 'ok':
      case 'no':
        return this.#session.hear(frame)
      case 'signal':
        return this.#rooms.signal(frame)
      case 'bump':
        return this.#rooms.bump(frame)
      case 'beat':
        this.#desk.beat(frame.rooms)
        return this.#rooms.beat(frame.rooms)
      case 'bye':
        return
    }
  }

  /** First what was missed is asked for, then what waits is sent. */
  #hello(frame: HelloFrame): void {
    const before = this.me.id
    this.limits = frame.limits
    this.lobby = frame.lobby
    this.#session.opened(frame.limits)
    this.#world.hello(frame)
    this.#desk.hello(frame)
    this.#rooms.hello(frame, before !== '' && before !== frame.user.id)
    this.#outbox.connected(frame.user.id, frame.epoch)
    this.#ready.resolve(this)
    this.#changed()
  }

  #lost(): void {
    this.#world.isConnected = false
    this.#session.lost()
    this.#outbox.lost()
    this.#rooms.lost()
  }

  /** For commands that may be done twice: asks again when the answer was lost. */
  async #insist<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>> {
    for (;;) {
      try {
        return await this.ask(name, fields)
      } catch (error) {
        if (!(error instanceof Lost) || !error.wasSent) throw error
        await this.#connected()
      }
    }
  }

  /** Resolves with the next `hello`; rejects when there will be none. */
  #connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = this.subscribe(() => {
        if (this.status === 'connected') resolve()
        else if (this.ended) reject(this.ended)
        else return
        stop()
      })
    })
  }

  #changed(): void {
    if (this.#connection.ended) this.#ready.reject(this.#connection.ended)
    this.#listeners.changed()
  }
}

/** `/ws` of the server. */
function socketUrl(url: string): string {
  const socket = new URL('/ws', url)
  socket.protocol = socket.protocol === 'https:' ? 'wss:' : 'ws:'
  return socket.href
}
