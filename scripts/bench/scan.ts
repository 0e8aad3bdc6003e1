/** Reads the few bytes of a frame that counting needs, where they stand. It knows the order in which the server writes them. */

/** `ok` and `no` answer the receiver alone; `echo` is what the bare server passes on. */
export type Kind = 'sync' | 'ok' | 'no' | 'echo' | 'other'

const QUOTE = 0x22
const COLON = 0x3a

/** Every frame begins with `{"t":"`: the two letters behind tell which it is. */
export function kindAt(bytes: Buffer, from: number, to: number): Kind {
  if (to - from < 8) return 'other'
  const letters = bytes.readUInt16BE(from + 6)
  if (letters === 0x7379) return 'sync'
  if (letters === 0x6f6b) return 'ok'
  if (letters === 0x6e6f) return 'no'
  if (letters === 0x6d65) return 'echo'
  return 'other'
}

/** The whole number behind the nth `":` from a place on; -1 when there is none. A room's id holds no quotes. */
export function numberAt(bytes: Buffer, from: number, to: number, nth: number): number {
  let left = nth
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] !== COLON || bytes[at - 1] !== QUOTE) continue
    if (--left > 0) continue
    return digitsAt(bytes, at + 1, to)
  }
  return -1
}

function digitsAt(bytes: Buffer, from: number, to: number): number {
  let value = -1
  for (let at = from; at < to; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return value
    value = Math.max(0, value) * 10 + digit
  }
  // Cut off: who knows what follows.
  return -1
}
