/** Drops, doubles or swaps one `sync` on its way to a client: a broken server for proving that the checker sees it. */

import { Transform } from 'node:stream'

export type Meddling = 'drop' | 'double' | 'swap'

/** `nth`: which `sync`, counted from 0. */
export function meddler(meddling: Meddling, nth: number): Transform {
  let rest: Buffer = Buffer.alloc(0)
  let isHead = true
  let count = 0
  let held: Buffer | null = null

  function alter(frame: Buffer): Buffer[] {
    if (!frame.includes('{"t":"sync"')) return [frame]
    const at = count++
    if (held) {
      const late = held
      held = null
      return [frame, late]
    }
    if (at !== nth) return [frame]
    if (meddling === 'drop') return []
    if (meddling === 'double') return [frame, frame]
    held = frame
    return []
  }

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      rest = Buffer.concat([rest, chunk])
      if (isHead) {
        const end = rest.indexOf('\r\n\r\n')
        if (end < 0) return done()
        isHead = false
        this.push(rest.subarray(0, end + 4))
        rest = rest.subarray(end + 4)
      }
      for (let length = frameLength(rest); length !== null; length = frameLength(rest)) {
        for (const frame of alter(rest.subarray(0, length))) this.push(Buffer.from(frame))
        rest = rest.subarray(length)
      }
      done()
    },
  })
}

/** Of the first frame of a server; `null`: it is not whole yet. */
function frameLength(bytes: Buffer): number | null {
  if (bytes.length < 2) return null
  const short = bytes[1]! & 0x7f
  const header = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < header) return null
  const payload =
    short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  return bytes.length >= header + payload ? header + payload : null
}
