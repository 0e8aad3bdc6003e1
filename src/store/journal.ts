/**
 * Reads a write-ahead log as SQLite does, because SQLite ends at the first bad frame without a word. It only looks.
 * The format: https://sqlite.org/fileformat2.html#the_write_ahead_log
 */

import { closeSync, openSync, readSync } from 'node:fs'

export interface Journal {
  /** Frames that SQLite will believe, or would if their transaction were whole. */
  good: number
  /** Frames behind a bad one that were committed after it: these commits are lost. */
  lost: number
}

const HEADER = 32
const FRAME_HEADER = 24
const FRAMES_AT_ONCE = 256
const MAGIC = 0x377f0682

/** A journal that is missing or empty has no frames. */
export function readJournal(path: string): Journal {
  const journal = { good: 0, lost: 0 }
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch {
    return journal
  }
  try {
    return scan(fd, journal)
  } finally {
    closeSync(fd)
  }
}

function scan(fd: number, journal: Journal): Journal {
  const header = Buffer.alloc(HEADER)
  const size = readSync(fd, header, 0, HEADER, 0)
  if (size < HEADER) return journal
  const isLittle = header.readUInt32BE(0) === MAGIC
  const pageSize = header.readUInt32BE(8)
  const sum = new Checksum(isLittle)
  sum.add(header, 0, 24)
  const isGood = (header.readUInt32BE(0) & ~1) === MAGIC && sum.is(header, 24)
  // Without its header the whole journal counts for nothing; that anything follows is all there is to know.
  if (!isGood) return { good: 0, lost: readSync(fd, header, 0, 1, HEADER) }
  const frame = FRAME_HEADER + pageSize
  const buffer = Buffer.alloc(frame * FRAMES_AT_ONCE)
  let isBad = false
  let behind = 0
  for (let at = HEADER; ; at += buffer.length) {
    const read = readSync(fd, buffer, 0, buffer.length, at)
    for (let start = 0; start + frame <= read; start += frame) {
      const isOfNow = buffer.compare(header, 16, 24, start + 8, start + 16) === 0
      if (isBad) {
        if (isOfNow) behind++
        // Without a commit behind it, it is what a transaction that was rolled back had written already.
        if (isOfNow && buffer.readUInt32BE(start + 4) > 0) journal.lost = behind
        continue
      }
      if (isOfNow) {
        sum.add(buffer, start, 8)
        sum.add(buffer, start + FRAME_HEADER, pageSize)
      }
      if (isOfNow && sum.is(buffer, start + 16)) journal.good++
      else isBad = true
    }
    if (read < buffer.length) return journal
  }
}

class Checksum {
  readonly #isLittle: boolean
  #a = 0
  #b = 0

  constructor(isLittle: boolean) {
    this.#isLittle = isLittle
  }

  add(bytes: Buffer, start: number, length: number): void {
    const words = new DataView(bytes.buffer, bytes.byteOffset + start, length)
    let a = this.#a
    let b = this.#b
    for (let i = 0; i < length; i += 8) {
      a = (a + words.getInt32(i, this.#isLittle) + b) | 0
      b = (b + words.getInt32(i + 4, this.#isLittle) + a) | 0
    }
    this.#a = a
    this.#b = b
  }

  is(bytes: Buffer, start: number): boolean {
    return bytes.readInt32BE(start) === this.#a && bytes.readInt32BE(start + 4) === this.#b
  }
}
