/** Everything that changes the database, by the name under which it crosses to the writer. Never a transaction of its own. */

import type { CommitResult, Session, User } from '../engine/ports.ts'
import { deskOf } from '../state/records.ts'
import { commit, eraseRoom } from './commit.ts'
import type { Database } from './database.ts'
import type { Cell } from './pack.ts'
import { unpack } from './pack.ts'

/** Tombstones that one transaction drops, so that commits wait a few milliseconds at most. */
export const PRUNED_AT_ONCE = 1000
/** The same of records of erased rooms, which are in more indexes and longer. */
const CLEARED_AT_ONCE = 1000

const OLDEST_TOMBSTONES =
  'SELECT rowid FROM records WHERE gone IS NOT NULL AND gone < ? ORDER BY gone, rowid LIMIT ?'

export const writes = {
  /** `null`: done, and no jobs: what nearly every batch is. */
  commit(db: Database, cells: Cell[]): CommitResult | null {
    const result = commit(db, unpack(cells))
    return result.kind === 'done' && result.jobs.length === 0 ? null : result
  },

  finish(db: Database, jobs: readonly number[]): void {
    for (const n of jobs) db.run('DELETE FROM jobs WHERE n = ?', n)
  },

  addUser(db: Database, user: User, session: Session): void {
    db.run('INSERT INTO users (id, created) VALUES (?, ?)', user.id, user.created)
    writes.addSession(db, session)
  },

  addSession(db: Database, { hash, user, created, seen }: Session): void {
    db.run('INSERT INTO sessions (hash, user, created, seen) VALUES (?, ?, ?, ?)', hash, user, created, seen)
  },

  touch(db: Database, hash: string, seen: number): void {
    db.run('UPDATE sessions SET seen = ? WHERE hash = ?', seen, hash)
  },

  endSession(db: Database, hash: string): void {
    db.run('DELETE FROM sessions WHERE hash = ?', hash)
  },

  endSessionsOf(db: Database, user: string): void {
    db.run('DELETE FROM sessions WHERE user = ?', user)
  },

  forget(db: Database, user: string): void {
    db.run('DELETE FROM users WHERE id = ?', user)
    const desk = db.get<{ n: number; rev: number; at: number }>(
      'SELECT n, rev, at FROM rooms WHERE id = ?',
      deskOf(user),
    )
    if (desk !== undefined) eraseRoom(db, desk.n, desk.rev, desk.at)
  },

  /** Moves the counter that the watermark shows, and says where it is now. */
  mark(db: Database): number {
    const next = db.get<{ value: string }>(
      `INSERT INTO meta VALUES ('commits', '1')
       ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1 RETURNING value`,
    )
    return Number(next?.value)
  },

  /** Removes records of rooms that were erased and says how many: none when there are no such rooms any more. */
  clear(db: Database): number {
    const room = db.get<{ n: number }>("SELECT n FROM rooms WHERE kind = 'gone' LIMIT 1")
    if (room === undefined) return 0
    const records = 'SELECT rowid FROM records WHERE room = ? LIMIT ?'
    const cleared = db.run(`DELETE FROM records WHERE rowid IN (${records})`, room.n, CLEARED_AT_ONCE)
    if (cleared < CLEARED_AT_ONCE) db.run('DELETE FROM rooms WHERE n = ?', room.n)
    return Math.max(cleared, 1)
  },

  /** Drops the oldest tombstones and says how many: fewer than `PRUNED_AT_ONCE` when there are no more. */
  prune(db: Database, before: number): number {
    const horizons = db.all<{ room: number; rev: number }>(
      `SELECT room, max(rev) AS rev FROM records WHERE rowid IN (${OLDEST_TOMBSTONES}) GROUP BY room`,
      before,
      PRUNED_AT_ONCE,
    )
    for (const { room, rev } of horizons) {
      db.run('UPDATE rooms SET horizon = max(horizon, ?) WHERE n = ?', rev, room)
    }
    db.run("DELETE FROM rooms WHERE kind = 'erased' AND at < ?", before)
    return db.run(`DELETE FROM records WHERE rowid IN (${OLDEST_TOMBSTONES})`, before, PRUNED_AT_ONCE)
  },
}

export type Writes = typeof writes
