/** Reads that end on a wire: records joined as JSON texts, in one state of the room each. Nothing here parses a record. */

import type { Changes, Page, Window } from '../engine/ports.ts'
import type { Key } from '../state/records.ts'
import type { Database } from './database.ts'
import type { PageRow } from './gathering.ts'
import { Gathering, LISTED, LIVES, sizeOf } from './gathering.ts'
import { sheet } from './sheet.ts'

const NEWEST = Number.MAX_SAFE_INTEGER
/** Of records in a page of changes, give or take one: what a reader who then stops reading costs in memory. */
const CHANGES_BYTES = 48 * 1024

interface ChangedRow {
  rev: number
  key: Key
  body: string | null
  expires: number | null
}

interface Room {
  n: number
  rev: number
  horizon: number
}

export const pages = {
  window(
    db: Database,
    room: string,
    whole: readonly string[],
    self: string,
    limit: number,
    now: number,
    space?: Uint8Array,
  ): Window {
    const at = find(db, room)
    if (at === undefined) return { records: sheet([], space), rev: 0, more: false, floor: 0 }
    const gathering = new Gathering(db, at.n, now)
    const wholes = whole.flatMap((type) => ofType(db, at.n, type, now))
    for (const row of wholes) gathering.addWhole(row)
    const { more, last } = addNewest(gathering, db, at.n, NEWEST, limit, now)
    for (const { hangs_on } of wholes) if (hangs_on !== null) gathering.addKey(`message/${hangs_on}`)
    gathering.addMember(self)
    gathering.addAuthors()
    return { records: sheet(gathering.texts(), space), rev: at.rev, more, floor: more ? last : 0 }
  },

  timeline(db: Database, room: string, before: number | null, limit: number, now: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const gathering = new Gathering(db, at.n, now)
    const { more } = addNewest(gathering, db, at.n, before ?? NEWEST, limit, now)
    gathering.addAuthors()
    return { records: gathering.texts().join(','), rev: at.rev, more }
  },

  get(db: Database, room: string, keys: readonly Key[], now: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const gathering = new Gathering(db, at.n, now)
    for (const key of keys) gathering.addKey(key)
    gathering.addAuthors()
    return { records: gathering.texts().join(','), rev: at.rev, more: gathering.isFull }
  },

  list(db: Database, room: string, type: string, after: string | null, limit: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const rows = db.all<{ body: string }>(
      `SELECT body FROM records WHERE room = ? AND key > ? AND key < ? AND ${LISTED}
       ORDER BY key LIMIT ?`,
      at.n,
      `${type}/${after ?? ''}`,
      afterLast(type),
      limit + 1,
    )
    const more = rows.length > limit
    return { records: join(rows.slice(0, limit)), rev: at.rev, more }
  },

  changes(
    db: Database,
    room: string,
    since: number,
    limit: number,
    most: number,
    now: number,
    space?: Uint8Array,
  ): Changes | null {
    const at = find(db, room)
    if (at === undefined || since < at.horizon || since > at.rev) return null
    // Records are counted only behind so many revs, because that took a hundred times as long as to read a page.
    if (at.rev - since > most && isLonger(db, at.n, since, most)) return null
    const put: string[] = []
    const del: string[] = []
    let bytes = 0
    let seen = 0
    /** The rev of the record that filled the page, which ends with the whole of it. */
    let last: number | null = null
    let { rev } = at
    for (const row of db.each<ChangedRow>(
      `${changed('key, body, expires')} ORDER BY rev`,
      ...after(at.n, since),
    )) {
      if (last !== null && row.rev > last) {
        rev = last
        break
      }
      if (row.body === null) del.push(gone(row.key))
      else if (row.expires === null || row.expires > now) put.push(row.body)
      bytes += row.body === null ? 0 : sizeOf(row.body)
      seen++
      if (bytes >= CHANGES_BYTES || seen >= limit) last = row.rev
    }
    return { records: sheet(put, space), del: del.join(','), rev, more: rev < at.rev }
  },
}

/** Types hold no `/`, and `0` follows it in every order: all keys of a type lie between the two. */
export const afterLast = (type: string): string => `${type}0`

function find(db: Database, room: string): Room | undefined {
  return db.get<Room>('SELECT n, rev, horizon FROM rooms WHERE id = ?', room)
}

/** `more`: there are older ones than the `last` that was added, whose `born` that is. */
function addNewest(
  gathering: Gathering,
  db: Database,
  n: number,
  before: number,
  limit: number,
  now: number,
): { more: boolean; last: number } {
  const rows = db.each<PageRow & { born: number }>(
    `SELECT key, author, body, born FROM records
     WHERE room = ? AND timeline = 1 AND born < ? AND ${LIVES} ORDER BY born DESC LIMIT ?`,
    n,
    before,
    now,
    limit + 1,
  )
  let last = 0
  let added = 0
  for (const row of rows) {
    if (added < limit) gathering.add(row)
    if (added === limit || gathering.isFull) return { more: true, last }
    last = row.born
    added++
  }
  return { more: false, last }
}

function ofType(
  db: Database,
  n: number,
  type: string,
  now: number,
): (PageRow & { hangs_on: string | null })[] {
  return db.all<PageRow & { hangs_on: string | null }>(
    `SELECT key, author, body, hangs_on FROM records WHERE room = ? AND key > ? AND key < ? AND ${LISTED} AND ${LIVES}
     ORDER BY key`,
    n,
    `${type}/`,
    afterLast(type),
    now,
  )
}

/**
 * Records changed after a rev: those that never changed by their `born`, the rest by their rev. SQLite merges the two
 * as they are taken, so that a page reads no more than it holds.
 */
function changed(columns: string): string {
  return `SELECT born AS rev, ${columns} FROM records WHERE room = ? AND born > ? AND rev = born
    UNION ALL
    SELECT rev, ${columns} FROM records WHERE room = ? AND rev > ? AND rev <> born`
}

/** What `changed` wants to be told. */
const after = (n: number, since: number): number[] => [n, since, n, since]

/** Whether more records than that changed after a rev. It looks at as many. */
function isLonger(db: Database, n: number, since: number, most: number): boolean {
  const sql = `${changed('1')} ORDER BY rev LIMIT 1 OFFSET ?`
  return db.get(sql, ...after(n, since), Math.max(most, 0)) !== undefined
}

function gone(key: Key): string {
  const slash = key.indexOf('/')
  return JSON.stringify([key.slice(0, slash), key.slice(slash + 1)])
}

const join = (rows: readonly { body: string | null }[]): string => rows.map((row) => row.body).join(',')
