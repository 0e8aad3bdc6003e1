/** A TCP connection turned WebSocket by hand, read into one buffer shared by all. It allocates nothing per message. */

import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import type { Walk } from './frames.ts'
import { CLOSE, encodeFrame, FrameWalker } from './frames.ts'

/** Shared: whoever is read from uses up what came before the next is read. */
const buffer = Buffer.alloc(256 * 1024)
/** Handshakes that are answered with more than this are given up, bytes. */
const MOST_HEADER = 8 * 1024

export interface Door {
  port: number
  path: string
  token: string | null
  /** Where to come from; servers count connections per address. */
  from: string
}

export class RawSocket {
  readonly #socket: Socket
  readonly #walker: FrameWalker
  readonly #opened = Promise.withResolvers<void>()
  #head: string | null = ''
  #isClosed = false

  constructor({ port, path, token, from }: Door, walk: Walk, closed: (why: string) => void) {
    this.#walker = new FrameWalker(walk)
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      localAddress: from,
      noDelay: true,
      onread: { buffer, callback: (length) => this.#read(length) },
    })
    let why = 'closed by the server'
    this.#socket.on('error', (error) => {
      why = error.message
    })
    this.#socket.on('close', () => {
      this.#opened.reject(new Error(why))
      if (!this.#isClosed) closed(why)
    })
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ]
    if (token !== null) lines.push(`Authorization: Bearer ${token}`)
    this.#socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  }

  /** Resolves after the handshake, rejects with what the server answered instead. */
  get opened(): Promise<void> {
    return this.#opened.promise
  }

  write(frame: Uint8Array): void {
    this.#socket.write(frame)
  }

  close(): void {
    this.#isClosed = true
    this.#socket.end(encodeFrame(CLOSE, Buffer.from([0x03, 0xe8])))
    this.#socket.destroySoon()
  }

  #read(length: number): boolean {
    if (this.#head === null) this.#walker.read(buffer, length)
    else this.#shake(buffer.toString('latin1', 0, length))
    return true
  }

  /** Frames may come in the same packet as the end of the answer. */
  #shake(text: string): void {
    const head = (this.#head ?? '') + text
    const end = head.indexOf('\r\n\r\n')
    this.#head = head
    if (end < 0 && head.length < MOST_HEADER) return
    if (!head.startsWith('HTTP/1.1 101 ')) {
      this.#opened.reject(new Error(`the upgrade was answered with ${head.split('\r\n')[0]}`))
      this.close()
      return
    }
    this.#head = null
    this.#opened.resolve()
    const rest = Buffer.from(head.slice(end + 4), 'latin1')
    if (rest.length > 0) this.#walker.read(rest, rest.length)
  }
}
