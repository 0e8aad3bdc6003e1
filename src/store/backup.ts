/**
 * Copies of a database as one whole file, and back. The source may be in use; what is there is never overwritten, and
 * no copy is used before it was read through.
 */

import { closeSync, existsSync, openSync, realpathSync } from 'node:fs'
import { link, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Database } from './database.ts'
import { asError, StoreError } from './error.ts'
import { makeFolder } from './folder.ts'
import { readMark, syncFolder, writeMark } from './mark.ts'
import { copyOf, startEpoch } from './opening.ts'
import { stampOf } from './snapshots.ts'
import { claimFolder, inspect, openPlain, sizeOf } from './start.ts'
import { firstProblem } from './verify.ts'

/** What SQLite keeps beside a database, by the end of its name. */
const companions = ['-wal', '-shm', '-journal']

export interface Copied {
  rooms: number
  records: number
}

/** The database as it is at this moment, also while a server writes. Throws a `StoreError` and leaves no file then. */
export async function backup(file: string, to: string): Promise<Copied> {
  requireDatabase(file)
  const part = `${to}.part`
  if (existsSync(to)) throw new StoreError(`${to} is there already`)
  if (existsSync(part))
    throw new StoreError(`${part} is there already; remove it if a backup that was interrupted left it`)
  try {
    return await copyInto(file, to, part)
  } catch (error) {
    throw asStoreError(error)
  }
}

/**
 * Puts a backup in the place of the database, under a new epoch. What was there is kept in a folder beside it; answers
 * that folder, or `null` when there was nothing. Throws a `StoreError`: with everything as it was, or saying where it is.
 */
export async function restore(from: string, file: string): Promise<Copied & { kept: string | null }> {
  requireDatabase(from)
  const folder = dirname(file)
  await makeFolder(folder)
  const copy = copyOf(file)
  const isOurs = [copy, `${copy}.part`].some((path) => isSame(from, path))
  if (isOurs) throw new StoreError(`${from} is what an interrupted restore left; rename it if it is a backup`)
  const lock = claimFolder(file)
  let kept: string | null = null
  try {
    await drop(copy)
    const copied = await copyInto(from, copy, `${copy}.part`)
    const count = renew(copy, readMark(file)?.count ?? 0)
    kept = await setAside(file)
    await rename(copy, file)
    await syncFolder(folder)
    await writeMark(file, count)
    return { ...copied, kept }
  } catch (error) {
    if (kept === null) {
      await drop(copy)
      throw asStoreError(error)
    }
    // The copy stays, so that no server starts empty where it should have been.
    throw new StoreError(`${asError(error).message}; what was there before is in ${kept}`)
  } finally {
    lock.close()
  }
}

function requireDatabase(file: string): void {
  if (inspect(file) === 0) throw new StoreError(`there is no database at ${file}`)
}

function isSame(from: string, path: string): boolean {
  return existsSync(path) && realpathSync(from) === realpathSync(path)
}

function reserveName(to: string): void {
  try {
    closeSync(openSync(to, 'wx', 0o600))
  } catch (error) {
    const isThere = error instanceof Error && 'code' in error && error.code === 'EEXIST'
    throw new StoreError(isThere ? `${to} is there already` : `cannot write ${to}: ${asError(error).message}`)
  }
}

/** One read transaction, so that the copy is of one moment; then the copy is read through, and synced. */
async function copyInto(from: string, to: string, part: string): Promise<Copied> {
  reserveName(part)
  try {
    using(openPlain(from), (db) => db.run('VACUUM INTO ?', part))
    const copied = using(openPlain(part), (db) => {
      const problem = firstProblem(db)
      if (problem !== null) throw new StoreError(`${from} is damaged: ${problem}`)
      return {
        rooms: countIn(db, "rooms WHERE kind NOT IN ('gone', 'erased')"),
        records: countIn(db, 'records'),
      }
    })
    const handle = await open(part, 'r+')
    await handle.sync().finally(() => handle.close())
    await nameCopy(part, to)
    await syncFolder(dirname(to))
    return copied
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

/** Never in the place of another file, also of one that came meanwhile. */
async function nameCopy(part: string, to: string): Promise<void> {
  try {
    await link(part, to)
  } catch {
    // It is there already; or the file system, as on memory sticks, knows no second name for a file.
    reserveName(to)
    return rename(part, to)
  }
  await rm(part)
}

/** With everything that a restore which was killed left beside it: SQLite would play that into the next copy. */
async function drop(copy: string): Promise<void> {
  const names = [copy, ...companions.map((end) => `${copy}${end}`), `${copy}.part`]
  for (const path of names) await rm(path, { force: true })
}

/** Positions that clients have from before mean nothing in a restored database. */
function renew(copy: string, marked: number): number {
  return using(new Database(copy, { readOnly: false, busyTimeout: 0 }), (db) => {
    // A copy that was renewed half-way is never used, so it needs no journal on disk.
    db.pragma('journal_mode = MEMORY')
    return startEpoch(db, marked)
  })
}

/**
 * The folder gets its name when everything is in it: a restore that was killed before is finished by the next one. When
 * something cannot be moved, all is put back.
 */
async function setAside(file: string): Promise<string | null> {
  // The database first: without it, its journals are refused or no use, but it would start without them.
  const paths = [file, `${file}-wal`, `${file}-journal`].filter((path) => sizeOf(path) > 0)
  const unfinished = join(dirname(file), 'before-restore.unfinished')
  const inThere = (path: string) => join(unfinished, basename(path))
  if (paths.some((path) => existsSync(inThere(path)))) await nameAside(unfinished)
  if (paths.length > 0) await makeFolder(unfinished)
  const moved: string[] = []
  try {
    for (const path of paths) {
      await rename(path, inThere(path))
      moved.push(path)
    }
    for (const end of companions) await rm(`${file}${end}`, { force: true })
    return existsSync(unfinished) ? await nameAside(unfinished) : null
  } catch (error) {
    for (const path of moved.reverse()) await rename(inThere(path), path)
    throw error
  }
}

/** After the time of the last move into it. */
async function nameAside(unfinished: string): Promise<string> {
  const aside = join(dirname(unfinished), `before-restore.${stampOf((await stat(unfinished)).mtime)}`)
  await syncFolder(unfinished)
  await rename(unfinished, aside)
  return aside
}

function using<T>(db: Database, work: (db: Database) => T): T {
  try {
    return work(db)
  } finally {
    db.close()
  }
}

const countIn = (db: Database, rows: string): number =>
  db.get<{ count: number }>(`SELECT count(*) AS count FROM ${rows}`)?.count ?? 0

const asStoreError = (error: unknown): StoreError =>
  error instanceof StoreError ? error : new StoreError(asError(error).message)
