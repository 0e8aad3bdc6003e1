/** Reads what the server sends, each distinct frame once however many receive it. It never judges what it reads. */

import * as v from 'valibot'

const record = v.object({
  type: v.string(),
  id: v.string(),
  born: v.number(),
  body: v.optional(v.string()),
  code: v.optional(v.nullable(v.string())),
})

const frame = v.variant('t', [
  v.object({
    t: v.literal('hello'),
    epoch: v.string(),
    user: v.object({ id: v.string() }),
    limits: v.object({ inFlight: v.number() }),
  }),
  v.object({
    t: v.literal('sync'),
    room: v.string(),
    from: v.number(),
    rev: v.number(),
    put: v.array(record),
    reset: v.optional(v.literal(true)),
  }),
  v.object({ t: v.literal('ok'), ref: v.number(), data: v.unknown() }),
  v.object({
    t: v.literal('no'),
    ref: v.nullable(v.number()),
    code: v.string(),
    why: v.string(),
    retry: v.nullable(v.number()),
  }),
  v.object({ t: v.literal('signal') }),
  v.object({ t: v.literal('bump') }),
  v.object({ t: v.literal('beat'), rooms: v.record(v.string(), v.number()) }),
  v.object({ t: v.literal('bye'), after: v.number() }),
])

export type Frame = v.InferOutput<typeof frame>
export type Sync = Extract<Frame, { t: 'sync' }>
export type Hello = Extract<Frame, { t: 'hello' }>
export type No = Extract<Frame, { t: 'no' }>

interface Known {
  bytes: Buffer
  frame: Frame
}

/** How far the slowest receiver may be behind the first before frames are parsed twice. */
const REMEMBERED = 512

/**
 * The frames of one room. A receiver at a rev nearly always gets the very bytes that the one before it at the same
 * rev got: comparing them costs a hundredth of parsing them. Equal frames are the same object.
 */
export class FrameReader {
  readonly #atRev = new Map<number, Known>()
  #last: Known | null = null
  #parsed = 0

  /** How many were really parsed. */
  get parsed(): number {
    return this.#parsed
  }

  /** `rev`: where the receiver stands. Throws on what no server of ours sends. */
  read(bytes: Buffer, rev: number): Frame {
    const known = this.#atRev.get(rev)
    if (known?.bytes.equals(bytes)) return known.frame
    if (this.#last?.bytes.equals(bytes)) return this.#last.frame
    const fresh: Known = { bytes, frame: v.parse(frame, JSON.parse(bytes.toString())) }
    this.#parsed++
    if (fresh.frame.t === 'sync' && fresh.frame.from === rev && known === undefined)
      this.#remember(rev, fresh)
    // An answer is for one alone.
    else if (fresh.frame.t !== 'ok' && fresh.frame.t !== 'no') this.#last = fresh
    return fresh.frame
  }

  #remember(rev: number, fresh: Known): void {
    this.#atRev.set(rev, fresh)
    if (this.#atRev.size <= REMEMBERED) return
    for (const oldest of this.#atRev.keys()) {
      this.#atRev.delete(oldest)
      return
    }
  }
}
