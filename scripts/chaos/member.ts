/**
 * One client instance that writes down all it does and sees. It comes back when its connection breaks and resends
 * what has no answer, but heals nothing else: what the server leaves out or repeats stays visible.
 */

import WebSocket from 'ws'
import type { SyncFrame } from '../../src/protocol.ts'
import type { Random } from '../../test/support/random.ts'
import type { History, Operation, Seen } from './history.ts'
import type { Answer } from './wire.ts'
import { messagesOf, readFrame } from './wire.ts'

export interface MemberOptions {
  history: History
  /** Where it connects to: the server, or a proxy before it. */
  port: () => number
  person: string
  token: string
  /** Names this instance; messages are called after it. */
  ear: string
  random: Random
  /** Operations that it sends before the first is answered, all rooms together. */
  pipeline?: number
  /** ms between two tries to connect, doubled by chance. */
  comeBack?: number
}

interface OpenRoom {
  rev: number
  /** Under which `rev` was learnt. */
  epoch: string
  isOpening: boolean
}

interface Waiting {
  operation: Operation
  frame: object
  isSent: boolean
  /** It was sent before, and what came of that nobody knows. */
  isAgain: boolean
}

export class Member {
  readonly options: MemberOptions
  readonly counts = { ok: 0, connects: 0, lost: 0, bye: 0, broken: 0 }
  /** Close codes and how often. */
  readonly closes = new Map<number, number>()
  /** Each room's code, as far as it was seen. */
  readonly codes = new Map<string, string>()
  /** When the last `ok` of an operation came; ms of `performance.now()`. */
  lastOk = 0
  /** For those who want to know more of a `sync` than is written down. */
  onSync: (frame: SyncFrame) => void = () => undefined
  #socket: WebSocket | null = null
  #isIn = false
  #isDone = false
  #session = 0
  #epoch = ''
  #ref = 0
  #made = 0
  readonly #rooms = new Map<string, OpenRoom>()
  readonly #asked = new Map<number, (answer: Answer) => void>()
  #outbox: Waiting[] = []
  #whenIdle: (() => void)[] = []
  #whenIn: (() => void)[] = []

  constructor(options: MemberOptions) {
    this.options = options
  }

  get isIn(): boolean {
    return this.#isIn
  }
  get waiting(): number {
    return this.#outbox.length
  }
  revOf(room: string): number {
    return this.#rooms.get(room)?.rev ?? 0
  }

  /** Resolves when it is connected for the first time; from then on it stays so. */
  start(): Promise<void> {
    this.#dial()
    return this.connected()
  }

  connected(): Promise<void> {
    return this.#isIn ? Promise.resolve() : new Promise((resolve) => this.#whenIn.push(resolve))
  }

  /** No more operations are on their way. */
  idle(): Promise<void> {
    return this.#outbox.length === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#whenIdle.push(resolve))
  }

  close(): void {
    this.#isDone = true
    this.#socket?.terminate()
  }

  /** As when the network is gone for a moment. */
  breakOff(): void {
    this.#socket?.terminate()
  }

  /** `since`: as far as it is known already, on the server as it is now. */
  async open(room: string, since = 0): Promise<Answer> {
    this.#rooms.set(room, { rev: since, epoch: this.#epoch, isOpening: true })
    return this.#open(room)
  }

  forget(room: string): void {
    this.#rooms.delete(room)
  }

  send(room: string, text: string): string {
    const id = `${this.options.ear}-${String(++this.#made).padStart(6, '0')}`
    this.#do('send', room, id, `${id} ${text}`)
    return id
  }

  edit(room: string, id: string, text: string): void {
    this.#do('edit', room, id, `${id} ${text} ${++this.#made}`)
  }

  remove(room: string, id: string): void {
    this.#do('delete', room, id, null)
  }

  /** Never rejects. Without a connection it is `gone` at once. */
  ask(frame: object): Promise<Answer> {
    if (!this.#isIn) return Promise.resolve({ kind: 'gone' })
    return new Promise((resolve) => this.#post(frame, resolve))
  }

  /** All pages of a room, or the newest one. `false` when the connection went, or it may not. */
  async look(room: string, isWhole = true): Promise<boolean> {
    const { history, ear, person } = this.options
    const begun = history.now()
    const found: Seen[] = []
    let rev: number | null = null
    for (let before: number | undefined; ; ) {
      const answer = await this.ask({ t: 'message.history', room, before, limit: 200 })
      if (answer.kind !== 'ok') return false
      const { records, more, rev: now } = answer.data as { records: unknown[]; more: boolean; rev: number }
      rev ??= now
      const { seen, lowest } = messagesOf(records, history)
      found.push(...seen)
      const from = more ? lowest - 1 : 0
      if (from === 0 || !isWhole) {
        const who = { ear: `${ear}~${begun.toFixed(0)}`, person, room, session: this.#session }
        const reading = {
          how: 'history',
          begun,
          at: history.now(),
          from,
          rev,
          isReset: false,
          gone: [],
        } as const
        history.read({ ...who, ...reading, seen: found.reverse() })
        return true
      }
      before = lowest
    }
  }

  #do(what: Operation['what'], room: string, id: string, body: string | null): void {
    const { history, person, ear } = this.options
    const operation = history.begin({ what, who: person, ear, room, id }, body)
    const frame = { t: `message.${what}`, room, id, ...(body === null ? {} : { body }) }
    this.#outbox.push({ operation, frame, isSent: false, isAgain: false })
    this.#pump()
  }

  #pump(): void {
    if (!this.#isIn) return
    let sent = 0
    for (const waiting of this.#outbox) {
      if (sent++ >= (this.options.pipeline ?? 8)) return
      if (waiting.isSent) continue
      waiting.isSent = true
      this.#post(waiting.frame, (answer) => this.#answered(waiting, answer))
    }
  }

  #answered(waiting: Waiting, answer: Answer): void {
    if (answer.kind === 'gone' || (answer.kind === 'no' && answer.retry !== null)) {
      waiting.isAgain = true
      if (answer.kind === 'gone') waiting.isSent = false
      else setTimeout(() => this.#retry(waiting), Math.min(answer.retry ?? 0, 1000))
      return
    }
    this.#outbox.splice(this.#outbox.indexOf(waiting), 1)
    const { history } = this.options
    if (answer.kind === 'ok') {
      this.counts.ok += 1
      this.lastOk = performance.now()
      history.end(waiting.operation, Number(Reflect.get(answer.data, 'rev')))
    } else if (!waiting.isAgain || waiting.operation.what !== 'edit') history.end(waiting.operation, null)
    // Else an edit that was done at first may be refused now, as the message is deleted: nobody knows.
    if (this.#outbox.length === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
    this.#pump()
  }

  #retry(waiting: Waiting): void {
    waiting.isSent = false
    this.#pump()
  }

  #dial(): void {
    const { port, token } = this.options
    const socket = new WebSocket(`ws://127.0.0.1:${port()}/ws`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
    })
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#hear(data.toString()))
    // What follows is the close.
    socket.on('error', () => undefined)
    socket.on('close', (code) => this.#closed(code))
  }

  #closed(code: number): void {
    this.closes.set(code, (this.closes.get(code) ?? 0) + 1)
    if (this.#isIn) this.counts.lost += 1
    this.#isIn = false
    const asked = [...this.#asked.values()]
    this.#asked.clear()
    for (const answer of asked) answer({ kind: 'gone' })
    if (this.#isDone) return
    const { comeBack = 20, random } = this.options
    setTimeout(() => !this.#isDone && this.#dial(), comeBack * (1 + random.next()))
  }

  #hear(text: string): void {
    const frame = readFrame(text)
    if (frame === null) {
      this.counts.broken += 1
      return
    }
    if (frame.t === 'hello') this.#welcomed(frame.epoch)
    else if (frame.t === 'sync') this.#sync(frame)
    else if (frame.t === 'bye') this.counts.bye += 1
    else if (frame.t === 'ok' || frame.t === 'no') {
      const answer = this.#asked.get(frame.ref ?? -1)
      this.#asked.delete(frame.ref ?? -1)
      if (frame.t === 'ok') answer?.({ kind: 'ok', data: frame.data as object })
      else answer?.({ kind: 'no', code: frame.code, retry: frame.retry })
    }
  }

  #welcomed(epoch: string): void {
    this.#isIn = true
    this.#session += 1
    this.counts.connects += 1
    this.#epoch = epoch
    for (const room of this.#rooms.keys()) void this.#open(room)
    for (const resolve of this.#whenIn.splice(0)) resolve()
    this.#pump()
  }

  async #open(room: string): Promise<Answer> {
    const open = this.#rooms.get(room)
    if (!open) return { kind: 'gone' }
    open.isOpening = true
    const since = open.rev > 0 ? { since: open.rev, epoch: open.epoch } : {}
    open.epoch = this.#epoch
    const answer = await this.ask({ t: 'room.open', room, ...since })
    open.isOpening = false
    return answer
  }

  #sync(frame: SyncFrame): void {
    const { history, ear, person } = this.options
    const { room, from, rev, put, del, reset = false, floor = 0 } = frame
    const open = this.#rooms.get(room)
    if (!open) return
    this.onSync(frame)
    const { seen, code } = messagesOf(put, history)
    if (code !== null) this.codes.set(room, code)
    open.rev = reset ? rev : Math.max(rev, open.rev)
    const now = history.now()
    history.read({
      ...{ ear, person, room, session: this.#session, begun: now, at: now, rev, isReset: reset, seen },
      how: open.isOpening ? 'resumed' : 'live',
      from: reset ? Math.max(0, floor - 1) : from,
      gone: del.filter(([type]) => type === 'message').map(([, id]) => id),
    })
  }

  #post(frame: object, answer: (answer: Answer) => void): void {
    const ref = ++this.#ref
    this.#asked.set(ref, answer)
    this.#socket?.send(JSON.stringify({ ...frame, ref }))
  }
}
