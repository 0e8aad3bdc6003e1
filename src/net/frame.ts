/** Puts texts into WebSocket frames, header and all, once for all their receivers. It never masks or compresses. */

/** FIN, opcode 1. */
const textFrame = 0x81

/**
 * The parts in one piece, in `space` if that is long enough: each text a frame (RFC 6455 §5.2), bytes as they are. Lone
 * surrogates become U+FFFD.
 */
export function encode(what: string | readonly (string | Uint8Array)[], space?: Uint8Array): Uint8Array {
  const parts = typeof what === 'string' ? [what] : what
  let size = 0
  const lengths = parts.map((part) => {
    const length = typeof part === 'string' ? Buffer.byteLength(part) : part.length
    size += typeof part === 'string' ? headerOf(length) + length : length
    return length
  })
  const bytes = spaceFor(size, space)
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

function spaceFor(bytes: number, space: Uint8Array | undefined): Buffer {
  if (space === undefined || space.length < bytes) return Buffer.allocUnsafe(bytes)
  return Buffer.from(space.buffer, space.byteOffset, bytes)
}
