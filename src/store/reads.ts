/** Everything that is asked of the database, by the name under which it crosses to the reader. It never writes. */

import type { Loaded, Session, StoredJob, StoredRow, Summary } from '../engine/ports.ts'
import type { Key, RoomKind } from '../state/records.ts'
import type { Database } from './database.ts'
import { LISTED, LIVES } from './gathering.ts'
import { afterLast, pages } from './pages.ts'

export const reads = {
  ...pages,

  load(db: Database, room: string, whole: readonly string[]): Loaded | null {
    const at = db.get<{ n: number; rev: number; at: number }>(
      'SELECT n, rev, at FROM rooms WHERE id = ?',
      room,
    )
    if (at === undefined) return null
    const rows = whole.flatMap((type) =>
      db.all<StoredRow>(
        `SELECT key, rev, born, author, body FROM records
         WHERE room = ? AND key > ? AND key < ? AND ${LISTED} ORDER BY key`,
        at.n,
        `${type}/`,
        afterLast(type),
      ),
    )
    return { rev: at.rev, at: at.at, rows }
  },

  read(db: Database, room: string, keys: readonly Key[], hangingOn: readonly string[]): StoredRow[] {
    const n = db.get<{ n: number }>('SELECT n FROM rooms WHERE id = ?', room)?.n
    if (n === undefined) return []
    const found = new Map<Key, StoredRow>()
    for (const key of keys) {
      const row = db.get<StoredRow>(
        'SELECT key, rev, born, author, body FROM records WHERE room = ? AND key = ?',
        n,
        key,
      )
      if (row !== undefined) found.set(key, row)
    }
    for (const message of hangingOn) {
      const rows = db.all<StoredRow>(
        'SELECT key, rev, born, author, body FROM records WHERE room = ? AND hangs_on = ?',
        n,
        message,
      )
      for (const row of rows) found.set(row.key, row)
    }
    return [...found.values()]
  },

  summary(db: Database, room: string, now: number): Summary | null {
    const at = db.get<{ n: number; rev: number; kind: RoomKind }>(
      "SELECT n, rev, kind FROM rooms WHERE id = ? AND kind <> 'erased'",
      room,
    )
    if (at === undefined) return null
    const last = db.get<{ author: string | null; body: string }>(
      `SELECT author, body FROM records WHERE room = ? AND counts = 1 AND ${LIVES} ORDER BY born DESC LIMIT 1`,
      at.n,
      now,
    )
    const author = last?.author ?? null
    return {
      rev: at.rev,
      kind: at.kind,
      record: bodyOf(db, at.n, 'room/', afterLast('room')),
      last: last?.body ?? null,
      lastMember: author === null ? null : bodyOf(db, at.n, `member/${author}`, `member/${author}`),
    }
  },

  roomsOf(db: Database, user: string): string[] {
    const rooms = db.all<{ id: string }>(
      'SELECT id FROM members JOIN rooms ON n = room WHERE user = ? ORDER BY room',
      user,
    )
    return rooms.map((room) => room.id)
  },

  unread(
    db: Database,
    room: string,
    user: string,
    since: number | null,
    cap: number,
    now: number,
  ): { count: number; rev: number } {
    const at = db.get<{ n: number; rev: number }>('SELECT n, rev FROM rooms WHERE id = ?', room)
    if (at === undefined) return { count: 0, rev: 0 }
    const found = db.get<{ count: number }>(
      `SELECT count(*) AS count FROM (
         SELECT 1 FROM records WHERE room = ? AND counts = 1 AND born > ? AND author IS NOT ?
           AND (expires IS NULL OR expires > ?) LIMIT ?)`,
      at.n,
      since ?? bornOf(db, at.n, `member/${user}`),
      user,
      now,
      cap,
    )
    return { count: found?.count ?? 0, rev: at.rev }
  },

  resolve(db: Database, code: string): string | null {
    return db.get<{ id: string }>('SELECT id FROM rooms WHERE code = ?', code)?.id ?? null
  },

  expired(db: Database, now: number, limit: number): { room: string; key: Key }[] {
    return db.all<{ room: string; key: Key }>(
      `SELECT id AS room, key FROM records JOIN rooms ON n = room
       WHERE expires IS NOT NULL AND expires <= ? AND kind <> 'gone' ORDER BY expires LIMIT ?`,
      now,
      limit,
    )
  },

  vanishing(db: Database): string[] {
    return db.all<{ id: string }>('SELECT id FROM rooms WHERE vanish = 1').map((room) => room.id)
  },

  jobs(db: Database, limit: number): StoredJob[] {
    return db.all<StoredJob>('SELECT n, job FROM jobs ORDER BY n LIMIT ?', limit)
  },

  session(db: Database, hash: string): Session | null {
    return db.get<Session>('SELECT hash, user, created, seen FROM sessions WHERE hash = ?', hash) ?? null
  },

  forgettable(db: Database, before: number, limit: number): string[] {
    const users = db.all<{ id: string }>(
      `SELECT id FROM users WHERE wrote = 0 AND created < ?
         AND NOT EXISTS (SELECT 1 FROM sessions WHERE user = users.id AND seen >= ?)
       ORDER BY created LIMIT ?`,
      before,
      before,
      limit,
    )
    return users.map((user) => user.id)
  },
}

export type Reads = typeof reads

/** 0 for a key that was never there. */
function bornOf(db: Database, n: number, key: Key): number {
  const row = db.get<{ born: number }>('SELECT born FROM records WHERE room = ? AND key = ?', n, key)
  return row?.born ?? 0
}

/** The first record between two keys. */
function bodyOf(db: Database, n: number, from: Key, to: Key): string | null {
  const row = db.get<{ body: string }>(
    `SELECT body FROM records WHERE room = ? AND key >= ? AND key <= ? AND ${LISTED} LIMIT 1`,
    n,
    from,
    to,
  )
  return row?.body ?? null
}
