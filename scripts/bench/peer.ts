/** One connection of the generator: talks while people come in, only counts while it matters. It parses no JSON in between. */

import { nanoid } from 'nanoid'
import { CHANCE, mintId } from '../../src/state/mint.ts'
import type { Walk } from './frames.ts'
import { encodeFrame, encodeText, PING, PONG, TEXT } from './frames.ts'
import type { Door } from './raw-socket.ts'
import { RawSocket } from './raw-socket.ts'
import { kindAt, numberAt } from './scan.ts'

/** How long an answer may take, ms. */
const PATIENCE = 60_000
/** Where the number of the sender stands in a message of the generator: at the start of the body, as ids are all of one length. */
const SENDER_AT = 88

export class Peer implements Walk {
  readonly number: number
  /** Of the message sent last, on the clock of `performance.now`. */
  sentAt = 0
  rev = -1
  syncs = 0
  /** As they came: headers of frames included. */
  bytes = 0
  oks = 0
  noes = 0
  echoes = 0
  /** Syncs that did not continue where the one before ended. */
  gaps = 0
  /** Fresh windows after the first. */
  resets = 0
  /** The own message has come back (ours: its `ok`, which follows its sync in the same write). */
  onOwn: ((peer: Peer) => void) | null = null
  /** Wants every sync or echo whole. */
  onMessages: ((payload: Buffer) => void) | null = null
  /** What else comes, parsed; only while it talks. */
  #talk: ((frame: unknown) => void) | null = null
  readonly #socket: RawSocket
  #closed: string | null = null

  constructor(number: number, door: Door) {
    this.number = number
    this.#socket = new RawSocket(door, this, (why) => {
      this.#closed = why
    })
  }

  /** Why the connection ended by itself; `null` while it is there. */
  get closed(): string | null {
    return this.#closed
  }

  get opened(): Promise<void> {
    return this.#socket.opened
  }

  write(frame: Uint8Array): void {
    this.#socket.write(frame)
  }

  close(): void {
    this.#socket.close()
  }

  /** Sends a frame and resolves with the first that `isIt`. For the time before it counts. */
  talk(
    frame: Record<string, unknown> | null,
    isIt: (frame: Record<string, unknown>) => boolean,
  ): Promise<unknown> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const timer = setTimeout(() => reject(new Error(`no answer to ${JSON.stringify(frame)}`)), PATIENCE)
    this.#talk = (heard) => {
      if (typeof heard !== 'object' || heard === null) return
      const fields = Object.fromEntries(Object.entries(heard))
      if (fields.t === 'no') reject(new Error(`${JSON.stringify(frame)}: ${String(fields.why)}`))
      else if (isIt(fields)) resolve(fields)
    }
    if (frame !== null) this.write(encodeText(JSON.stringify(frame)))
    return promise.finally(() => {
      clearTimeout(timer)
      this.#talk = null
    })
  }

  /** Forgets what was counted. */
  clear(): void {
    this.syncs = this.bytes = this.oks = this.noes = this.echoes = this.gaps = this.resets = 0
  }

  frame(opcode: number, length: number, bytes: Buffer, from: number, to: number): boolean {
    if (opcode === PING) return true
    if (opcode !== TEXT) return false
    const kind = kindAt(bytes, from, to)
    this.bytes += length + (length < 126 ? 2 : length <= 0xffff ? 4 : 10)
    switch (kind) {
      case 'sync':
        this.#sync(bytes, from, to)
        return this.onMessages !== null || this.#talk !== null
      case 'echo':
        this.echoes++
        if (this.onOwn !== null && this.#isOwn(bytes, from)) this.onOwn(this)
        return this.onMessages !== null
      case 'ok':
        this.oks++
        if (this.#talk === null) this.onOwn?.(this)
        return this.#talk !== null
      case 'no':
        this.noes++
        if (this.#talk === null) this.onOwn?.(this)
        return this.#talk !== null
      case 'other':
        return this.#talk !== null
    }
  }

  whole(opcode: number, payload: Buffer): void {
    if (opcode === PING) this.write(encodeFrame(PONG, payload))
    else if (this.#talk !== null) this.#talk(JSON.parse(payload.toString()))
    else this.onMessages?.(payload)
  }

  /** `{"t":"sync","room":"…","from":N,"rev":M`: the third and fourth field. */
  #sync(bytes: Buffer, from: number, to: number): void {
    this.syncs++
    const start = numberAt(bytes, from, to, 3)
    const end = numberAt(bytes, from, to, 4)
    if (start === 0 && this.rev > 0) this.resets++
    else if (this.rev >= 0 && start !== this.rev) this.gaps++
    this.rev = end
  }

  #isOwn(bytes: Buffer, from: number): boolean {
    let sender = 0
    for (let at = from + SENDER_AT; at < from + SENDER_AT + 6; at++) sender = sender * 10 + bytes[at]! - 0x30
    return sender === this.number
  }
}

/**
 * A message whose sender and number stand where `#isOwn` and the samplers look for them, at the start of its 100 characters. Its id is
 * random, as those of people are: ids in order would cost the store less.
 */
export function messageOf(sender: number, seq: number, room: string): Buffer {
  const stamp = `${String(sender).padStart(6, '0')}-${String(seq).padStart(14, '0')} `
  const where = `"id":"${mintId(Date.now(), nanoid(CHANCE))}","room":"${room}"`
  return encodeText(`{"t":"message.send",${where},"body":"${stamp}${BODY}","ref":${seq + 100}}`)
}

const BODY = 'The quick brown fox jumps over the lazy dog, and nobody in the parlour minds. '
