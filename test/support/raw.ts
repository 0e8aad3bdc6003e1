/** A bare TCP socket to a server under test, for saying what no client would say. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'

export interface Raw {
  socket: Socket
  /** All that came, as Latin-1. Resolves when the other side has ended it, or it was reset. */
  ended: Promise<string>
  /** Resolves with all that came once that contains the text. */
  until(text: string): Promise<string>
}

/** `from`: the address that it comes from; any of loopback will do. */
export async function rawSocket(port: number, from?: string): Promise<Raw> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from })
  let text = ''
  socket.setEncoding('latin1')
  socket.on('data', (part: string) => {
    text += part
  })
  socket.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => socket.once('close', () => resolve(text)))
  await once(socket, 'connect')
  return {
    socket,
    ended,
    async until(wanted) {
      while (!text.includes(wanted)) {
        if (socket.destroyed) throw new Error(`ended before ${JSON.stringify(wanted)} came: ${text}`)
        await Promise.race([once(socket, 'data'), ended])
      }
      return text
    },
  }
}

/** The head of an upgrade; more headers as lines. */
export function handshake(port: number, ...headers: string[]): string {
  return [
    'GET /ws HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    ...headers,
    '\r\n',
  ].join('\r\n')
}

/** A WebSocket spoken by hand, of somebody with a token; the handshake is done. */
export async function rawWebSocket(port: number, token: string, from?: string): Promise<Raw> {
  const raw = await rawSocket(port, from)
  raw.socket.write(handshake(port, `Authorization: Bearer ${token}`))
  await raw.until('\r\n\r\n')
  return raw
}

export interface FrameOptions {
  opcode?: number
  fin?: boolean
  masked?: boolean
  /** What the header claims. */
  length?: number
}

/** A frame of a client, right or wrong as wanted. The mask is zero, so the payload is readable. */
export function clientFrame(payload: Uint8Array | string, options: FrameOptions = {}): Buffer {
  const body = Buffer.from(payload)
  const { opcode = 1, fin = true, masked = true, length = body.length } = options
  const first = (fin ? 0x80 : 0) | opcode
  const mask = masked ? 0x80 : 0
  const header =
    length < 126
      ? Buffer.from([first, mask | length])
      : length < 0x10000
        ? Buffer.from([first, mask | 126, length >> 8, length & 255])
        : Buffer.concat([Buffer.from([first, mask | 127]), bigEndian(length)])
  return Buffer.concat([header, masked ? Buffer.alloc(4) : Buffer.alloc(0), body])
}

/** The code of the first close frame in what came; `null`: none. */
export function closeCode(text: string): number | null {
  const bytes = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1')
  let at = 0
  while (at + 2 <= bytes.length) {
    const opcode = bytes[at]! & 0x0f
    const short = bytes[at + 1]! & 0x7f
    const header = short === 126 ? 4 : short === 127 ? 10 : 2
    if (at + header > bytes.length) return null
    const length =
      short === 126
        ? bytes.readUInt16BE(at + 2)
        : short === 127
          ? Number(bytes.readBigUInt64BE(at + 2))
          : short
    if (opcode === 8) return length >= 2 ? bytes.readUInt16BE(at + header) : 1005
    at += header + length
  }
  return null
}

function bigEndian(length: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return bytes
}
