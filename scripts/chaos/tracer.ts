/**
 * Reads what a witness in the server wrote down (`trace.c`): when each message was safe on disk, and when somebody was
 * first told of it. Pure but for reading the file.
 */

import { readFileSync } from 'node:fs'

/** Kinds of notes, and the bytes of a note before its text. */
const JOURNAL = 1
const FSYNC = 2
const SOCKET = 3
const HEAD = 28

export interface Testimony {
  /** Of messages, and acknowledgements of them. */
  told: number
  acknowledged: number
  fsyncs: number
  /** Told or acknowledged before the fsync that made it safe had returned, each as a sentence. */
  violations: string[]
}

interface Note {
  before: bigint
  after: bigint
  kind: number
  fd: number
  text: string
}

/** All that one socket was told, and from which character on at which time. */
interface Talk {
  text: string
  pieces: { from: number; before: bigint }[]
}

/** `id`: what the ids of messages look like. One room, or revs would mean several things. */
export function readTrace(file: string, id: RegExp): Testimony {
  const written = new Map<string, bigint>()
  const safe = new Map<string, bigint>()
  let unsafe: string[] = []
  const talks = new Map<number, Talk>()
  let fsyncs = 0
  for (const { kind, fd, before, after, text } of notesOf(readFileSync(file))) {
    if (kind === JOURNAL) {
      for (const [found] of text.matchAll(new RegExp(id, 'g'))) {
        if (written.has(found)) continue
        written.set(found, after)
        unsafe.push(found)
      }
    } else if (kind === FSYNC) {
      fsyncs += 1
      // Only what had been written when it began is safe when it returns.
      const isLate = (found: string) => (written.get(found) ?? after) >= before
      for (const found of unsafe) if (!isLate(found)) safe.set(found, after)
      unsafe = unsafe.filter(isLate)
    } else if (kind === SOCKET) {
      const talk = talks.get(fd) ?? { text: '', pieces: [] }
      talks.set(fd, talk)
      talk.pieces.push({ from: talk.text.length, before })
      talk.text += text
    }
  }
  return { fsyncs, ...judge([...talks.values()], safe, id) }
}

function judge(talks: readonly Talk[], safe: ReadonlyMap<string, bigint>, id: RegExp) {
  const violations: string[] = []
  const at = new Map<string, string>()
  const seen = { told: 0, acknowledged: 0 }
  const hold = (what: string, message: string, when: bigint) => {
    const since = safe.get(message)
    if (since === undefined) violations.push(`${message} was ${what} at ${when}, and never safe`)
    else if (when <= since) violations.push(`${message} was ${what} at ${when}, but safe only at ${since}`)
  }
  const message = new RegExp(`"type":"message","id":"(${id.source})".*?"born":(\\d+)`, 'g')
  for (const talk of talks) {
    for (const { 1: name = '', 2: born = '', index } of talk.text.matchAll(message)) {
      at.set(born, name)
      seen.told += 1
      hold('told', name, timeOf(talk, index))
    }
  }
  for (const talk of talks) {
    for (const { 1: rev = '', index } of talk.text.matchAll(/"t":"ok","ref":\d+,"data":\{"rev":(\d+)\}\}/g)) {
      const name = at.get(rev)
      // Rooms are made with such an answer, too.
      if (name === undefined) continue
      seen.acknowledged += 1
      hold('acknowledged', name, timeOf(talk, index))
    }
  }
  return { ...seen, violations }
}

/** When the piece that holds this character began to be written. */
function timeOf({ pieces }: Talk, index: number): bigint {
  let [low, high] = [0, pieces.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (pieces[middle]!.from <= index) low = middle
    else high = middle
  }
  return pieces[low]?.before ?? 0n
}

/** In the order in which the calls returned. A note that is not whole, because the server was killed, is the last. */
function* notesOf(bytes: Buffer): Generator<Note> {
  for (let at = 0; at + HEAD <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 24)
    const text = bytes.toString('latin1', at + HEAD, at + HEAD + length)
    yield {
      before: bytes.readBigUInt64LE(at),
      after: bytes.readBigUInt64LE(at + 8),
      kind: bytes.readUInt32LE(at + 16),
      fd: bytes.readUInt32LE(at + 20),
      text,
    }
    at += HEAD + length
  }
}
