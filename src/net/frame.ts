/** Puts a text into a WebSocket frame, header and all, once for all its receivers. It never masks or compresses. */

/** FIN, opcode 1. */
const textFrame = 0x81

/**
 * The frame as bytes for the wire (RFC 6455 §5.2), in `room` if that is long enough. Lone surrogates become U+FFFD, as
 * UTF-8 cannot carry them.
 */
export function encode(text: string, room: Uint8Array | null = null): Uint8Array {
  const length = Buffer.byteLength(text)
  const header = length < 126 ? 2 : length < 0x10000 ? 4 : 10
  const frame = spaceOf(header + length, room)
  frame[0] = textFrame
  if (header === 2) {
    frame[1] = length
  } else if (header === 4) {
    frame[1] = 126
    frame.writeUInt16BE(length, 2)
  } else {
    frame[1] = 127
    frame.writeUInt32BE(Math.floor(length / 2 ** 32), 2)
    frame.writeUInt32BE(length >>> 0, 6)
  }
  frame.write(text, header)
  return frame
}

function spaceOf(bytes: number, room: Uint8Array | null): Buffer {
  if (room === null || room.length < bytes) return Buffer.allocUnsafe(bytes)
  return Buffer.from(room.buffer, room.byteOffset, bytes)
}
