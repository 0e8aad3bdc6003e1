/** Puts texts into WebSocket frames, header and all, once for all their receivers. It never masks or compresses. */

import type { Around } from '../engine/ports.ts'

/** FIN, opcode 1. */
const textFrame = 0x81

/**
 * One text, or all parts in one piece: each text a frame (RFC 6455 §5.2), bytes as they are. Lone surrogates become
 * U+FFFD.
 */
export function encode(what: string | Around | readonly (string | Uint8Array)[]): Uint8Array {
  if (typeof what !== 'string' && 'bytes' in what) return surround(what)
  const parts = typeof what === 'string' ? [what] : what
  let size = 0
  const lengths = parts.map((part) => {
    const length = typeof part === 'string' ? Buffer.byteLength(part) : part.length
    size += typeof part === 'string' ? headerOf(length) + length : length
    return length
  })
  const bytes = Buffer.allocUnsafe(size)
  let at = 0
  for (const [n, part] of parts.entries()) {
    const length = lengths[n] ?? 0
    if (typeof part === 'string') {
      at = writeHeader(bytes, at, length)
      bytes.write(part, at)
    } else bytes.set(part, at)
    at += length
  }
  return bytes
}

/** The bytes stay where they are, if the rest fits around them. */
function surround({ before, bytes, after }: Around): Uint8Array {
  const head = Buffer.byteLength(before)
  const length = head + bytes.length + Buffer.byteLength(after)
  const header = headerOf(length)
  const start = bytes.byteOffset - head - header
  const fits = start >= 0 && start + header + length <= bytes.buffer.byteLength
  const frame = fits ? Buffer.from(bytes.buffer, start, header + length) : Buffer.allocUnsafe(header + length)
  if (!fits) frame.set(bytes, header + head)
  writeHeader(frame, 0, length)
  frame.write(before, header)
  frame.write(after, header + head + bytes.length)
  return frame
}

const headerOf = (length: number): number => (length < 126 ? 2 : length < 0x10000 ? 4 : 10)

/** Returns where the payload begins. */
function writeHeader(bytes: Buffer, at: number, length: number): number {
  const header = headerOf(length)
  bytes[at] = textFrame
  if (header === 2) {
    bytes[at + 1] = length
  } else if (header === 4) {
    bytes[at + 1] = 126
    bytes.writeUInt16BE(length, at + 2)
  } else {
    bytes[at + 1] = 127
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), at + 2)
    bytes.writeUInt32BE(length >>> 0, at + 6)
  }
  return at + header
}
