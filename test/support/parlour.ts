/** A whole engine with a real store for tests, and people in it. Time stands still until a test moves it. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import type { RunningEngine } from '../../src/engine/engine.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { Peer as EnginePeer } from '../../src/engine/peer.ts'
import type { Person } from '../../src/engine/people.ts'
import type { Around, Encode, Link, Peer, Store } from '../../src/engine/ports.ts'
import type { EngineSettings } from '../../src/engine/settings.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { frames } from '../../src/features/index.ts'
import type {
  BumpFrame,
  CommandAnswer,
  HelloFrame,
  NoFrame,
  OkFrame,
  OpenAnswer,
  QueryAnswer,
  ServerFrame,
  SyncFrame,
} from '../../src/protocol.ts'
import type { FakeClock } from './clock.ts'
import { fakeClock } from './clock.ts'
import type { MemoryLog } from './log.ts'
import { memoryLog } from './log.ts'
import { memoryStore } from './store.ts'

export interface TestParlour {
  engine: RunningEngine
  store: Store
  bus: LocalBus
  clock: FakeClock
  log: MemoryLog
  /** Somebody new with this name, connected; their `hello` has been taken in. */
  seat(name: string): Promise<Seat>
  /** Everybody who was ever seated. */
  readonly seats: readonly Seat[]
  /** Another connection of somebody who is or was here. */
  again(user: string): Promise<Seat>
}

export interface Options {
  settings?: Partial<EngineSettings>
  store?: Store
  clock?: FakeClock
}

/** Rates are off unless a test wants them. */
export async function parlour(test: TestContext, options: Options = {}): Promise<TestParlour> {
  const clock = options.clock ?? fakeClock()
  const store = options.store ?? (await memoryStore(test))
  const log = memoryLog()
  const bus = new LocalBus(log)
  const settings = { ...engineDefaults, rate: null, ...options.settings }
  const engine = await createEngine({ store, bus, clock, log, encode: encodeLines, settings, frames })
  test.after(() => engine.stop())
  const seats: Seat[] = []
  const again = async (user: string): Promise<Seat> => {
    const link = new TestLink()
    const seat = new Seat(link)
    seats.push(seat)
    const [peer, hello] = await Promise.all([engine.connect(user, link), seat.next('hello')])
    seat.sit(peer, hello)
    return seat
  }
  const seat = async (name: string): Promise<Seat> => {
    const user = `${name}-0001`
    const introduced = await engine.introduce(user, name)
    if ('code' in introduced) throw new Error(introduced.why)
    return again(user)
  }
  return { engine, store, bus, clock, log, seats, seat, again }
}

/** Each frame is a line: what `TestLink` reads. */
export const encodeLines: Encode = (what) => {
  if (typeof what !== 'string' && 'bytes' in what) return surround(what)
  const parts = typeof what === 'string' ? [what] : what
  return Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(`${part}\n`) : part)))
}

/** Where the bytes lie, so that nobody may use their memory before they are taken. */
function surround({ before, bytes, after }: Around): Uint8Array {
  const line = Buffer.concat([Buffer.from(before), bytes, Buffer.from(`${after}\n`)])
  if (line.length > bytes.buffer.byteLength) return line
  const there = new Uint8Array(bytes.buffer, 0, line.length)
  there.set(line)
  return there
}

/** A connection whose peer reads as fast, or as slowly, as the test says. */
export class TestLink implements Link {
  readonly address = '127.0.0.1'
  backlog = 0
  isPaused = false
  closed: [code: number, why: string] | null = null
  hear: (frame: ServerFrame) => void = () => undefined

  write(bytes: Uint8Array): void {
    for (const line of Buffer.from(bytes).toString().split('\n')) if (line !== '') this.hear(JSON.parse(line))
  }
  /** What is lent is taken a while later, and must not have changed until then. */
  lend(bytes: Uint8Array, taken: () => void): void {
    const lent = Buffer.from(bytes)
    this.write(lent)
    setImmediate(() => {
      if (!lent.equals(bytes)) throw new Error('a page was changed before it was taken')
      taken()
    })
  }
  pause(): void {
    this.isPaused = true
  }
  resume(): void {
    this.isPaused = false
  }
  close(code: number, why: string): void {
    this.closed = [code, why]
  }
}

type FrameOf<T extends ServerFrame['t']> = Extract<ServerFrame, { t: T }>

/** A person at the table: sends frames, hears frames. */
export class Seat {
  readonly link: TestLink
  /** Everything heard, oldest first. */
  readonly heard: ServerFrame[] = []
  hello!: HelloFrame
  #peer!: Peer
  #ref = 0
  /** How far `next` has read, and who waits for more. */
  #read = 0
  #waiting: (() => void)[] = []

  constructor(link: TestLink) {
    this.link = link
    link.hear = (frame) => {
      this.heard.push(frame)
      const waiting = this.#waiting
      this.#waiting = []
      for (const wake of waiting) wake()
    }
  }

  sit(peer: Peer, hello: HelloFrame): void {
    this.#peer = peer
    this.hello = hello
  }

  get id(): string {
    return this.hello.user.id
  }

  /** As the engine knows them. */
  get person(): Person {
    assert.ok(this.#peer instanceof EnginePeer)
    return this.#peer.person
  }

  /** Sends one frame; the answer to it. */
  async ask(t: string, fields: object = {}): Promise<OkFrame | NoFrame> {
    const ref = ++this.#ref
    this.say(JSON.stringify({ t, ref, ...fields }))
    return this.find((frame) => (frame.t === 'ok' || frame.t === 'no') && frame.ref === ref)
  }

  /** The `data` of the answer; a `no` fails the test. */
  async ok<D = CommandAnswer>(t: string, fields: object = {}): Promise<D> {
    const answer = await this.ask(t, fields)
    if (answer.t === 'no') throw new Error(`${t}: ${answer.code} ${answer.why}`)
    return answer.data as D
  }

  open(room: string, fields: object = {}): Promise<OpenAnswer> {
    return this.ok<OpenAnswer>('room.open', { room, ...fields })
  }

  query(t: string, fields: object): Promise<QueryAnswer> {
    return this.ok<QueryAnswer>(t, fields)
  }

  /** The code of the `no`; an `ok` fails the test. */
  async refused(t: string, fields: object = {}): Promise<NoFrame['code']> {
    const answer = await this.ask(t, fields)
    if (answer.t === 'ok') throw new Error(`${t} was not refused`)
    return answer.code
  }

  say(text: string): void {
    this.#peer.receive(text)
  }

  /** The first frame, of those heard or to come, that is as wanted. */
  async find<F extends ServerFrame>(isWanted: (frame: ServerFrame) => boolean): Promise<F> {
    for (let at = 0; ; at++) {
      while (at >= this.heard.length) await this.#more()
      const frame = this.heard[at]
      if (frame && isWanted(frame)) return frame as F
    }
  }

  /** The next frame of this kind that `next` has not given yet; others in between are passed over. */
  async next<T extends ServerFrame['t']>(t: T): Promise<FrameOf<T>> {
    for (;;) {
      while (this.#read >= this.heard.length) await this.#more()
      const frame = this.heard[this.#read++]
      if (frame?.t === t) return frame as FrameOf<T>
    }
  }

  /** Frames of one kind heard so far. */
  all<T extends ServerFrame['t']>(t: T): FrameOf<T>[] {
    return this.heard.filter((frame): frame is FrameOf<T> => frame.t === t)
  }

  syncs(room: string): SyncFrame[] {
    return this.all('sync').filter((frame) => frame.room === room)
  }

  bumps(): BumpFrame[] {
    return this.all('bump')
  }

  /** The application heartbeat, as the network would ask for it. */
  beat(): void {
    this.#peer.beat()
  }

  /** So many bytes of what was written have not been taken. */
  fill(backlog: number): void {
    this.link.backlog = backlog
    this.#peer.behind()
  }

  /** The peer has taken all that was written. */
  drain(): void {
    this.link.backlog = 0
    this.#peer.drained()
  }

  leave(): void {
    this.#peer.disconnect()
  }

  #more(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }
}

let minted = 0
/** An id as a client would mint it. */
export const mint = (): string => `test-${(++minted).toString().padStart(8, '0')}`

/** Lets all that is under way in this process, the store's thread included, come to rest. */
export async function settle(store: Store): Promise<void> {
  for (let round = 0; round < 12; round++) {
    await store.roomsOf('')
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** Until the hub has told what it gathers. */
export async function gather({ clock, store }: TestParlour): Promise<void> {
  await settle(store)
  clock.advance(100)
  await settle(store)
}

/** A room of hers that she has open, with these guests in it. It vanishes when all have left. */
export async function roomOf(ada: Seat, ...guests: Seat[]): Promise<string> {
  const room = mint()
  await ada.ok('room.create', { room, name: 'Club', vanish: true })
  await ada.open(room)
  const code = codeOf(ada, room)
  for (const guest of guests) await guest.ok('room.join', { code })
  return room
}

/** Of a room that she has open. */
export function codeOf(ada: Seat, room: string): string | null | undefined {
  return ada.syncs(room)[0]?.put.flatMap((put) => (put.type === 'room' ? [put.code] : []))[0]
}
