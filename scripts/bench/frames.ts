/** WebSocket frames by hand: writes masked ones, walks over received ones by their headers alone. It never reads JSON. */

import { randomBytes } from 'node:crypto'

export const TEXT = 1
export const CLOSE = 8
export const PING = 9
export const PONG = 10

/** Bytes of a payload that a walker shows of every frame. */
export const PEEK = 128
/** The longest header that a server may send. */
const HEADER = 10

/** A whole masked frame, as clients must send it. */
export function encodeFrame(opcode: number, payload: Uint8Array): Buffer {
  const short = payload.length < 126
  if (payload.length > 0xffff) throw new RangeError('no frame of ours is that long')
  const header = short ? 2 : 4
  const frame = Buffer.allocUnsafe(header + 4 + payload.length)
  frame[0] = 0x80 | opcode
  frame[1] = 0x80 | (short ? payload.length : 126)
  if (!short) frame.writeUInt16BE(payload.length, 2)
  const mask = randomBytes(4)
  frame.set(mask, header)
  for (let at = 0; at < payload.length; at++) frame[header + 4 + at] = payload[at]! ^ mask[at & 3]!
  return frame
}

export const encodeText = (text: string): Buffer => encodeFrame(TEXT, Buffer.from(text))

export interface Walk {
  /**
   * A frame begins: its opcode, the length of its payload, and where the first bytes of that (all, or `PEEK`) stand in
   * a buffer that is valid only during the call. True: call `whole` with all of it.
   */
  frame(opcode: number, length: number, bytes: Buffer, from: number, to: number): boolean
  whole(opcode: number, payload: Buffer): void
}

/** Allocates nothing for frames that nobody wants whole. */
export class FrameWalker {
  readonly #walk: Walk
  /** The beginning of a frame that a read cut apart. */
  readonly #cut = Buffer.alloc(HEADER + PEEK)
  #cutLength = 0
  /** Payload bytes of the present frame yet to come. */
  #left = 0
  #kept: Buffer | null = null
  #opcode = 0

  constructor(walk: Walk) {
    this.#walk = walk
  }

  /** Payload bytes that are missing, plus one for a header cut apart: 0 means that the last frame is complete. */
  get pending(): number {
    return this.#left + (this.#cutLength > 0 ? 1 : 0)
  }

  read(bytes: Buffer, length: number): void {
    let at = 0
    while (at < length) {
      if (this.#left > 0) at += this.#skip(bytes, at, length)
      else if (this.#cutLength > 0) at += this.#mend(bytes, at, length)
      else {
        const used = this.#begin(bytes, at, length)
        if (used === 0) {
          this.#cutLength = bytes.copy(this.#cut, 0, at, length)
          return
        }
        at += used
      }
    }
  }

  #skip(bytes: Buffer, at: number, end: number): number {
    const taken = Math.min(this.#left, end - at)
    if (this.#kept !== null) bytes.copy(this.#kept, this.#kept.length - this.#left, at, at + taken)
    this.#left -= taken
    if (this.#left === 0) this.#finish()
    return taken
  }

  /** Completes a cut beginning. Returns how many of the new bytes belong to it. */
  #mend(bytes: Buffer, at: number, end: number): number {
    const before = this.#cutLength
    const copied = bytes.copy(this.#cut, before, at, end)
    const used = this.#begin(this.#cut, 0, before + copied)
    this.#cutLength = used === 0 ? before + copied : 0
    return used === 0 ? copied : used - before
  }

  /** Reads a header and the peek behind it. Returns the bytes used, 0 when there are too few yet. */
  #begin(bytes: Buffer, at: number, end: number): number {
    const have = end - at
    if (have < 2) return 0
    const short = bytes[at + 1]! & 0x7f
    const header = short < 126 ? 2 : short === 126 ? 4 : HEADER
    if (have < header) return 0
    const length =
      short < 126 ? short : short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2))
    const peek = Math.min(length, PEEK)
    if (have < header + peek) return 0
    const from = at + header
    this.#opcode = bytes[at]! & 0x0f
    const isWanted = this.#walk.frame(this.#opcode, length, bytes, from, from + peek)
    this.#left = length - peek
    this.#kept = null
    if (isWanted) {
      this.#kept = Buffer.allocUnsafe(length)
      bytes.copy(this.#kept, 0, from, from + peek)
      if (this.#left === 0) this.#finish()
    }
    return header + peek
  }

  #finish(): void {
    const kept = this.#kept
    this.#kept = null
    if (kept !== null) this.#walk.whole(this.#opcode, kept)
  }
}
