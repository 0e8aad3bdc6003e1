/**
 * From a path to an open store under an epoch that can be trusted: whatever suggests that something acknowledged is
 * missing starts a new one, so that clients are told to forget their positions. It refuses what is damaged.
 */

import { closeSync, existsSync, openSync } from 'node:fs'
import { Database } from './database.ts'
import { asError, StoreError } from './error.ts'
import { readJournal } from './journal.ts'
import type { Mark } from './mark.ts'
import { copyIn, markOf, readMark } from './mark.ts'
import type { Synchronous } from './start.ts'
import { inspect, openPlain, openWriter, sizeOf } from './start.ts'
import { firstProblem } from './verify.ts'

export interface Opened {
  epoch: string
  /** Why the epoch is new although the database is not; `loss`: something acknowledged is gone. */
  alarm: { why: string; loss: boolean } | null
}

/** Throws a `StoreError` before anything is written into a folder that is refused, but for what a crash left half done. */
export function openTrusted(file: string, synchronous: Synchronous): { db: Database } & Opened {
  // Before SQLite sees it: the first write overwrites what it does not believe.
  const journal = readJournal(`${file}-wal`)
  const mark = readMark(file)
  undoHalf(file)
  const isNew = inspect(file) === 0
  if (isNew && existsSync(copyOf(file))) {
    const why = `${file} is missing, because a restore was interrupted`
    throw new StoreError(`${why}; run it again, or delete ${copyOf(file)} to begin anew`)
  }
  if (isNew && mark !== null && mark.count > 0) {
    const why = `${file} is missing, but ${markOf(file)} says it was there`
    throw new StoreError(`${why}; put it back, restore a backup, or delete both to begin anew`)
  }
  const alarm = isNew ? null : alarmOf(file, journal.lost, mark)
  if (alarm?.loss || (!isNew && journal.good > 0)) refuseTorn(file, alarm?.loss === true)
  // What SQLite makes beside it gets the same rights.
  if (isNew) closeSync(openSync(file, 'a', 0o600))
  const db = openWriter(file, synchronous)
  try {
    if (alarm !== null) startEpoch(db, mark?.count ?? 0)
    return { db, epoch: epochOf(db), alarm }
  } catch (error) {
    db.close()
    throw error
  }
}

/** What a restore makes before it touches the database, and renames to it at the end. */
export const copyOf = (file: string): string => `${file}.restoring`

export function epochOf(db: Database): string {
  return db.get<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'")?.value ?? ''
}

export function countOf(db: Database): number {
  return Number(db.get<{ value: string }>("SELECT value FROM meta WHERE name = 'commits'")?.value ?? 0)
}

/** Moves the counter ahead of every mark there was, and says where it is. */
export function startEpoch(db: Database, marked: number): number {
  return db.transaction('write', () => {
    db.run("UPDATE meta SET value = lower(hex(randomblob(12))) WHERE name = 'epoch'")
    const next = Math.max(marked, countOf(db)) + 1
    const upsert = 'ON CONFLICT (name) DO UPDATE SET value = excluded.value'
    db.run(`INSERT INTO meta VALUES ('commits', ?) ${upsert}`, String(next))
    return next
  })
}

/**
 * A crash while a database that is new or restored is switched to its log leaves a rollback journal. Only who may
 * write can play it back; everybody who only looks is refused until then. Beside a log that holds something no such
 * journal can be true, so it is left alone.
 */
function undoHalf(file: string): void {
  if (sizeOf(file) === 0 || sizeOf(`${file}-journal`) === 0 || sizeOf(`${file}-wal`) > 0) return
  let db: Database | undefined
  try {
    db = new Database(file, { readOnly: false, busyTimeout: 0 })
    db.pragma('schema_version')
  } catch (error) {
    throw new StoreError(`${file} cannot be brought back to before a crash: ${asError(error).message}`)
  } finally {
    db?.close()
  }
}

function alarmOf(file: string, lost: number, mark: Mark | null): Opened['alarm'] {
  if (lost > 0) return { why: `the journal is damaged: ${lost} pages behind the damage are lost`, loss: true }
  const count = withReader(file, countOf)
  if (mark === null) {
    return count === 0 ? null : { why: `${markOf(file)} is missing or damaged`, loss: false }
  }
  if (count < mark.count) return { why: `commits of before ${mark.at} are missing`, loss: true }
  const why = copyIn(file, mark)
  return why === null ? null : { why, loss: false }
}

/**
 * A journal that lost its end leaves old pages over newer ones. So after a crash every room is compared with its last
 * record (two steps in an index each), and after a loss everything is read.
 */
function refuseTorn(file: string, isLoss: boolean): void {
  const problem = withReader(file, (db) => (isLoss ? firstProblem(db) : firstTorn(db)))
  if (problem !== null) throw new StoreError(`${file} is damaged: ${problem}; restore a backup`)
}

export function firstTorn(db: Database): string | null {
  const torn = db.get<{ id: string }>(
    `SELECT id FROM rooms
     WHERE rev < (SELECT born FROM records WHERE room = n ORDER BY born DESC LIMIT 1)
     OR rev < (SELECT rev FROM records WHERE room = n AND rev <> born ORDER BY rev DESC LIMIT 1) LIMIT 1`,
  )
  return torn === undefined ? null : `room ${torn.id} is behind its records`
}

function withReader<T>(file: string, look: (db: Database) => T): T {
  const db = openPlain(file)
  try {
    return look(db)
  } catch (error) {
    throw new StoreError(`${file} is damaged: ${asError(error).message}`)
  } finally {
    db.close()
  }
}
