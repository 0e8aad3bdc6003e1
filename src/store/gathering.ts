/** The records of one page: each once, with what hangs on its messages and the people who wrote it, within bounds. */

import type { Key } from '../state/records.ts'
import type { Database } from './database.ts'

/** What hangs on one message, and what hangs on all the messages of a page. */
const HANGING_ON_ONE = 200
const HANGING_IN_ALL = 5000

/** The parameter is the time in ms. */
export const LIVES = 'body IS NOT NULL AND (expires IS NULL OR expires > ?)'

export interface PageRow {
  key: Key
  author: string | null
  body: string
}

export class Gathering {
  readonly #db: Database
  readonly #room: number
  readonly #now: number
  readonly #rows = new Map<Key, PageRow>()

  constructor(db: Database, room: number, now: number) {
    this.#db = db
    this.#room = room
    this.#now = now
  }

  add(row: PageRow): void {
    if (!this.#rows.has(row.key)) this.#rows.set(row.key, row)
  }

  /** Nothing happens if there is no such record, or no longer. */
  addKey(key: Key): void {
    if (this.#rows.has(key)) return
    const row = this.#db.get<PageRow>(
      `SELECT key, author, body FROM records WHERE room = ? AND key = ? AND ${LIVES}`,
      this.#room,
      key,
      this.#now,
    )
    if (row !== undefined) this.add(row)
  }

  /** What hangs on the messages gathered so far. */
  addHanging(): void {
    let left = HANGING_IN_ALL
    for (const key of [...this.#rows.keys()]) {
      if (!key.startsWith('message/')) continue
      const rows = this.#db.all<PageRow>(
        `SELECT key, author, body FROM records WHERE room = ? AND hangs_on = ? AND ${LIVES} LIMIT ?`,
        this.#room,
        key.slice('message/'.length),
        this.#now,
        Math.min(left, HANGING_ON_ONE),
      )
      left -= rows.length
      for (const row of rows) this.add(row)
    }
  }

  /** The member records of everybody who wrote something of what was gathered so far. */
  addAuthors(): void {
    const authors = new Set<string>()
    for (const { author } of this.#rows.values()) if (author !== null) authors.add(author)
    for (const author of authors) this.addMember(author)
  }

  addMember(user: string): void {
    this.addKey(`member/${user}`)
  }

  /** Their JSON texts in the order in which they came. */
  text(): string {
    return Array.from(this.#rows.values(), (row) => row.body).join(',')
  }
}
