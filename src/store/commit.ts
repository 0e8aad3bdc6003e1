/** One batch within the transaction of its group: checked against the room's clock, then written whole. It never commits. */

import type { Batch, CommitResult, Row, StoredJob, StoredRow } from '../engine/ports.ts'
import type { Database } from './database.ts'

/** A key that must not exist does: the caller rolls back, and asks `stale` what is there. */
export class Taken extends Error {}

/**
 * `stale` has written nothing. Throws when the batch cannot be written; then the caller rolls back. It does not look
 * beforehand whether fresh keys exist: nearly none ever does, and each look costs a tenth of a message.
 */
export function commit(db: Database, batch: Batch): CommitResult {
  const room = roomOf(db, batch.room)
  if ((room?.rev ?? 0) !== batch.from) return stale(db, batch)

  if (batch.erase) {
    if (room !== undefined) eraseRoom(db, room.n, batch.rev, batch.at)
  } else {
    const n = writeRoom(db, room?.n, batch)
    for (const row of batch.rows) writeRow(db, n, row, batch.at)
    for (const row of batch.rows) if (row.body === null) dropHanging(db, n, row.key)
    for (const [user, isIn] of batch.members) writeMember(db, n, user, isIn)
  }
  for (const user of batch.wrote) db.run('UPDATE users SET wrote = 1 WHERE id = ?', user)
  return { kind: 'done', jobs: batch.jobs.map((job) => addJob(db, job)) }
}

/** Nothing was written, because the room is at another rev or fresh keys exist: what is there. */
export function stale(db: Database, batch: Batch): CommitResult {
  const room = roomOf(db, batch.room)
  return {
    kind: 'stale',
    rev: room?.rev ?? 0,
    rows: room === undefined ? [] : existing(db, room.n, batch.rows),
  }
}

/**
 * From now on nobody finds it. Its records go later, some at a time: a million at once took 2.7 s, in which nothing else
 * was written. No id has a space, so that the new one is nobody's. The clock stays behind under the old id, for as long
 * as tombstones do: should a room be made under it again, nobody must take a rev of the one for a rev of the other.
 */
export function eraseRoom(db: Database, n: number, rev: number, at: number): void {
  const id = db.get<{ id: string }>('SELECT id FROM rooms WHERE n = ?', n)?.id
  if (id === undefined) return
  db.run("UPDATE rooms SET id = 'gone ' || n, kind = 'gone', code = NULL, vanish = 0 WHERE n = ?", n)
  db.run('DELETE FROM members WHERE room = ?', n)
  const clock = "INSERT INTO rooms (id, kind, vanish, rev, at, horizon) VALUES (?, 'erased', 0, ?, ?, ?)"
  db.run(clock, id, rev, at, rev)
}

function roomOf(db: Database, id: string): { n: number; rev: number } | undefined {
  return db.get<{ n: number; rev: number }>('SELECT n, rev FROM rooms WHERE id = ?', id)
}

/** What is already there under keys that must not exist. */
function existing(db: Database, n: number, rows: readonly Row[]): StoredRow[] {
  const found: StoredRow[] = []
  for (const row of rows) {
    if (!row.fresh) continue
    const stored = db.get<StoredRow>(
      'SELECT key, rev, born, author, body FROM records WHERE room = ? AND key = ?',
      n,
      row.key,
    )
    if (stored !== undefined) found.push(stored)
  }
  return found
}

function writeRoom(db: Database, n: number | undefined, batch: Batch): number {
  const { head } = batch
  if (n !== undefined) {
    db.run('UPDATE rooms SET rev = ?, at = ? WHERE n = ?', batch.rev, batch.at, n)
    if (head !== null) {
      const vanish = Number(head.vanish)
      db.run('UPDATE rooms SET kind = ?, code = ?, vanish = ? WHERE n = ?', head.kind, head.code, vanish, n)
    }
    return n
  }
  if (head === null) throw new Error(`the first batch of room ${batch.room} has no head`)
  const row = db.get<{ n: number }>(
    'INSERT INTO rooms (id, kind, code, vanish, rev, at) VALUES (?, ?, ?, ?, ?, ?) RETURNING n',
    batch.room,
    head.kind,
    head.code,
    Number(head.vanish),
    batch.rev,
    batch.at,
  )
  if (row === undefined) throw new Error(`room ${batch.room} was not written`)
  return row.n
}

const INSERT = `INSERT INTO records (room, key, rev, born, author, hangs_on, expires, gone, timeline, counts, body)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (room, key) DO`
const INSERT_FRESH = `${INSERT} NOTHING`
const INSERT_OR_UPDATE = `${INSERT} UPDATE SET
  rev = excluded.rev, born = excluded.born, author = excluded.author, hangs_on = excluded.hangs_on,
  expires = excluded.expires, gone = excluded.gone, timeline = excluded.timeline,
  counts = excluded.counts, body = excluded.body`

function writeRow(db: Database, n: number, row: Row, at: number): void {
  const lives = row.body !== null
  const changed = db.run(
    row.fresh ? INSERT_FRESH : INSERT_OR_UPDATE,
    n,
    row.key,
    row.rev,
    row.born,
    row.author,
    lives ? row.on : null,
    lives ? row.expires : null,
    lives ? null : at,
    lives && row.timeline ? 1 : 0,
    lives && row.counts ? 1 : 0,
    row.body,
  )
  if (changed === 0) throw new Taken(`${row.key} is taken`)
}

/** What hangs on a message that is gone needs no tombstones: whoever hears of the one forgets the others. */
function dropHanging(db: Database, n: number, key: string): void {
  if (!key.startsWith('message/')) return
  db.run('DELETE FROM records WHERE room = ? AND hangs_on = ?', n, key.slice('message/'.length))
}

function writeMember(db: Database, n: number, user: string, isIn: boolean): void {
  if (isIn) db.run('INSERT OR IGNORE INTO members (user, room) VALUES (?, ?)', user, n)
  else db.run('DELETE FROM members WHERE user = ? AND room = ?', user, n)
}

function addJob(db: Database, job: string): StoredJob {
  const row = db.get<{ n: number }>('INSERT INTO jobs (job) VALUES (?) RETURNING n', job)
  if (row === undefined) throw new Error('a job was not written')
  return { n: row.n, job }
}
