/** The records of one page: each once, with what hangs on its messages and the people who wrote it, within bounds. */

import type { Key } from '../state/records.ts'
import type { Database } from './database.ts'

/** Of everything but authors: what a reader who then stops reading costs in memory. The first record comes in any case. */
export const PAGE_BYTES = 128 * 1024
/** Of authors, on top of that. Whoever is left out is asked for by id. */
const AUTHOR_BYTES = 32 * 1024
/** What hangs on one message: 200 reactions and a pin. */
const HANGING_ON_ONE = 201

/** The parameter is the time in ms. */
export const LIVES = 'body IS NOT NULL AND (expires IS NULL OR expires > ?)'

/** What is found by its kind. What is in the timeline is found by its place there. */
export const LISTED = 'timeline = 0 AND body IS NOT NULL'

export interface PageRow {
  key: Key
  author: string | null
  body: string
}

export class Gathering {
  readonly #db: Database
  readonly #room: number
  readonly #now: number
  readonly #keys = new Set<Key>()
  readonly #rows: PageRow[] = []
  /** What comes along with those. */
  readonly #along: PageRow[] = []
  #bytes = 0
  #isFull = false

  constructor(db: Database, room: number, now: number) {
    this.#db = db
    this.#room = room
    this.#now = now
  }

  /** Something was left out, and so is whatever is added from now on. */
  get isFull(): boolean {
    return this.#isFull
  }

  /** The record and all that hangs on it, or neither: nobody could tell later that a part was missing. */
  add(row: PageRow): void {
    if (this.#isFull || this.#keys.has(row.key)) return
    const hanging = this.#hangingOn(row.key).filter(({ key }) => !this.#keys.has(key))
    const bytes = hanging.reduce((sum, { body }) => sum + sizeOf(body), sizeOf(row.body))
    this.#isFull = this.#rows.length > 0 && this.#bytes + bytes > PAGE_BYTES
    if (this.#isFull) return
    this.#bytes += bytes
    this.#take(row, this.#rows)
    for (const one of hanging) this.#take(one, this.#along)
  }

  /** Nothing happens if there is no such record, or no longer. */
  addKey(key: Key): void {
    if (this.#isFull || this.#keys.has(key)) return
    const row = this.#find(key)
    if (row !== undefined) this.add(row)
  }

  /** One of those that every window has: they are few, and never left out. */
  addWhole(row: PageRow): void {
    this.#bytes += sizeOf(row.body)
    this.#take(row, this.#along)
  }

  addMember(user: string): void {
    const row = this.#find(`member/${user}`)
    if (row !== undefined) this.#take(row, this.#along)
  }

  /** The member records of everybody who wrote something of what was gathered so far. */
  addAuthors(): void {
    const authors = new Set<string>()
    for (const { author } of [...this.#rows, ...this.#along]) if (author !== null) authors.add(author)
    let left = AUTHOR_BYTES
    for (const author of authors) {
      const row = this.#find(`member/${author}`)
      if (row === undefined) continue
      left -= sizeOf(row.body)
      if (left < 0) return
      this.#take(row, this.#along)
    }
  }

  /** Their JSON texts: what was asked for in the order in which it came, then the rest. */
  texts(): string[] {
    return [...this.#rows, ...this.#along].map((row) => row.body)
  }

  #take(row: PageRow, into: PageRow[]): void {
    if (this.#keys.has(row.key)) return
    this.#keys.add(row.key)
    into.push(row)
  }

  #find(key: Key): PageRow | undefined {
    return this.#db.get<PageRow>(
      `SELECT key, author, body FROM records WHERE room = ? AND key = ? AND ${LIVES}`,
      this.#room,
      key,
      this.#now,
    )
  }

  #hangingOn(key: Key): PageRow[] {
    if (!key.startsWith('message/')) return []
    return this.#db.all<PageRow>(
      `SELECT key, author, body FROM records WHERE room = ? AND hangs_on = ? AND ${LIVES} LIMIT ?`,
      this.#room,
      key.slice('message/'.length),
      this.#now,
      HANGING_ON_ONE,
    )
  }
}

export const sizeOf = (body: string): number => Buffer.byteLength(body)
