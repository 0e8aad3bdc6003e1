/** Frames that break the rules of WebSocket, with the close codes that are due, and floods that must be cut off. */

import type { Random } from '../../test/support/random.ts'
import type { FrameOptions } from '../../test/support/raw.ts'
import { clientFrame } from '../../test/support/raw.ts'

export interface BrokenBytes {
  what: string
  bytes: Buffer
  /** Close codes that are due; `null` among them: none comes. */
  codes: (number | null)[]
}

const frame = (payload: string | Buffer, options?: FrameOptions) => clientFrame(payload, options)

export function brokenBytes(random: Random): BrokenBytes {
  const noise = Buffer.from(Array.from({ length: 2 + random.below(300) }, () => random.below(256)))
  const cases: [what: string, bytes: Buffer, code: number | null][] = [
    ['not masked', frame('hi', { masked: false }), 1002],
    ['too long', frame('x'.repeat(65_537 + random.below(9000))), 1009],
    ['claims to be very long', frame('', { length: 2 ** (20 + random.below(40)) }), 1009],
    ['not UTF-8', frame(Buffer.concat([Buffer.from('{"t":"'), Buffer.from([0xc3, 0x28])])), 1007],
    ['a cut surrogate', frame(Buffer.from([0xed, 0xa0 + random.below(16), 0x80])), 1007],
    ['overlong UTF-8', frame(Buffer.from([0xc0, 0x80 + random.below(64)])), 1007],
    ['binary', frame(noise, { opcode: 2 }), 1003],
    ['a reserved opcode', frame('hi', { opcode: random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) }), 1002],
    ['a reserved bit', frame('hi', { opcode: 1 | random.pick([0x10, 0x20, 0x40]) }), 1002],
    ['a continuation of nothing', frame(noise, { opcode: 0 }), 1002],
    ['a ping in fragments', frame('', { opcode: 9, fin: false }), 1002],
    ['a long ping', frame('x'.repeat(126 + random.below(1000)), { opcode: 9 }), 1002],
    ['a close with one byte', frame('x', { opcode: 8 }), 1002],
    ['a close code that is none', frame(Buffer.from([0, random.below(256)]), { opcode: 8 }), 1002],
    ['a message within a message', Buffer.concat([frame('a', { fin: false }), frame('b')]), 1002],
  ]
  const [what, bytes, code] = random.pick(cases)
  if (random.chance(0.2))
    return { what: 'noise', bytes: noise, codes: [null, 1000, 1002, 1003, 1005, 1007, 1009] }
  return { what, bytes, codes: [code] }
}

export interface Flood {
  what: string
  first: Buffer
  more: Buffer
}

const none = Buffer.alloc(0)

export const floods: readonly Flood[] = [
  { what: 'pings', first: none, more: frame('', { opcode: 9 }) },
  { what: 'long pings', first: none, more: frame('x'.repeat(125), { opcode: 9 }) },
  { what: 'pongs', first: none, more: frame('', { opcode: 10 }) },
  { what: 'long pongs', first: none, more: frame('x'.repeat(125), { opcode: 10 }) },
  {
    what: 'pings and pongs',
    first: none,
    more: Buffer.concat([frame('a', { opcode: 9 }), frame('b', { opcode: 10 })]),
  },
  { what: 'empty messages', first: none, more: frame('') },
  { what: 'empty binary messages', first: none, more: frame('', { opcode: 2 }) },
  { what: 'empty fragments', first: frame('', { fin: false }), more: frame('', { opcode: 0, fin: false }) },
  {
    what: 'fragments of a byte',
    first: frame('x', { fin: false }),
    more: frame('x', { opcode: 0, fin: false }),
  },
  {
    what: 'pings between fragments',
    first: frame('x', { fin: false }),
    more: Buffer.concat([frame('', { opcode: 9 }), frame('', { opcode: 0, fin: false })]),
  },
  {
    what: 'messages of two fragments',
    first: none,
    more: Buffer.concat([frame('{', { fin: false }), frame('}', { opcode: 0 })]),
  },
  { what: 'close frames', first: none, more: frame(Buffer.from([3, 232]), { opcode: 8 }) },
]
