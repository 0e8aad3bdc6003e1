/** Reads that end on a wire: records joined as JSON texts, in one state of the room each. Nothing here parses a record. */

import type { Changes, Page, Window } from '../engine/ports.ts'
import type { Key } from '../state/records.ts'
import type { Database } from './database.ts'
import type { PageRow } from './gathering.ts'
import { Gathering, LIVES } from './gathering.ts'

const NEWEST = Number.MAX_SAFE_INTEGER
/** Of records in a page of changes, give or take one: what a reader who then stops reading costs in memory. */
const PAGE_BYTES = 48 * 1024

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
  ): Window {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false, floor: 0 }
    const gathering = new Gathering(db, at.n, now)
    const wholes = whole.flatMap((type) => ofType(db, at.n, type, now))
    for (const row of wholes) gathering.addWhole(row)
    const { more, last } = addNewest(gathering, db, at.n, NEWEST, limit, now)
    for (const { hangs_on } of wholes) if (hangs_on !== null) gathering.addKey(`message/${hangs_on}`)
    gathering.addMember(self)
    gathering.addAuthors()
    return { records: gathering.text(), rev: at.rev, more, floor: more ? last : 0 }
  },

  timeline(db: Database, room: string, before: number | null, limit: number, now: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const gathering = new Gathering(db, at.n, now)
    const { more } = addNewest(gathering, db, at.n, before ?? NEWEST, limit, now)
    gathering.addAuthors()
    return { records: gathering.text(), rev: at.rev, more }
  },

  get(db: Database, room: string, keys: readonly Key[], now: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const gathering = new Gathering(db, at.n, now)
    for (const key of keys) gathering.addKey(key)
    gathering.addAuthors()
    return { records: gathering.text(), rev: at.rev, more: gathering.isFull }
  },

  list(db: Database, room: string, type: string, after: string | null, limit: number): Page {
    const at = find(db, room)
    if (at === undefined) return { records: '', rev: 0, more: false }
    const rows = db.all<{ body: string }>(
      `SELECT body FROM records WHERE room = ? AND key > ? AND key < ? AND body IS NOT NULL
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
  ): Changes | null {
    const at = find(db, room)
    if (at === undefined || since < at.horizon || since > at.rev) return null
    if (revAfter(db, at.n, since, most) !== undefined) return null
    // Where the page ends: with the whole rev of its last record, unless that is all there is.
    const last = endOfPage(db, at.n, since, limit)
    const more = last !== undefined && revAfter(db, at.n, last, 0) !== undefined
    const upto = more ? last : at.rev
    const rows = db.all<{ key: Key; body: string | null; expires: number | null }>(
      `${changed('key, body, expires')} ORDER BY rev`,
      ...between(at.n, since, upto),
    )
    const del = rows.filter((row) => row.body === null).map((row) => gone(row.key))
    const put = rows.filter((row) => row.body !== null && (row.expires === null || row.expires > now))
    return { records: join(put), del: del.join(','), rev: upto, more }
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
    `SELECT key, author, body, hangs_on FROM records WHERE room = ? AND key > ? AND key < ? AND ${LIVES}
     ORDER BY key`,
    n,
    `${type}/`,
    afterLast(type),
    now,
  )
}

/** Records changed after one rev and up to another: those that never changed by their `born`, the rest by their rev. */
function changed(columns: string): string {
  return `SELECT born AS rev, ${columns} FROM records WHERE room = ? AND born > ? AND born <= ? AND rev = born
    UNION ALL
    SELECT rev, ${columns} FROM records WHERE room = ? AND rev > ? AND rev <= ? AND rev <> born`
}

/** What `changed` wants to be told. */
const between = (n: number, since: number, upto: number): number[] => [n, since, upto, n, since, upto]

/** The rev with which a page is full; `undefined`: all that is left fits. Only sizes are read, not the texts. */
function endOfPage(db: Database, n: number, since: number, limit: number): number | undefined {
  const rows = db.all<{ rev: number; size: number | null }>(
    `${changed('octet_length(body) AS size')} ORDER BY rev LIMIT ?`,
    ...between(n, since, NEWEST),
    limit,
  )
  let bytes = 0
  const last = rows.find(({ size }) => {
    bytes += size ?? 0
    return bytes >= PAGE_BYTES
  })
  return (last ?? rows[limit - 1])?.rev
}

/** The rev of a record after `since`, having skipped so many. */
function revAfter(db: Database, n: number, since: number, skipped: number): number | undefined {
  return db.get<{ rev: number }>(
    `${changed('1')} ORDER BY rev LIMIT 1 OFFSET ?`,
    ...between(n, since, NEWEST),
    Math.max(skipped, 0),
  )?.rev
}

function gone(key: Key): string {
  const slash = key.indexOf('/')
  return JSON.stringify([key.slice(0, slash), key.slice(slash + 1)])
}

const join = (rows: readonly { body: string | null }[]): string => rows.map((row) => row.body).join(',')
