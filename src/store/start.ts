/**
 * From a path to a connection that may be trusted: one server per folder, nobody else's file, nothing damaged or
 * newer, every setting read back. It never writes into a file that it refuses.
 */

import { closeSync, openSync, rmSync, statSync } from 'node:fs'
import { basename } from 'node:path'
import { Database, isBusy, isDamage } from './database.ts'
import { asError, StoreError } from './error.ts'
import { APPLICATION_ID, migrate, migrations } from './migrations.ts'
import { snapshotName } from './snapshots.ts'

export type Synchronous = 'FULL' | 'NORMAL'

/** A file up to so many bytes is looked through on every start: 8 MiB take about 25 ms. */
const CHECKED_BYTES = 8 * 1024 * 1024
/** ms that a connection waits for the other one. */
export const BUSY_TIMEOUT = 5000
const JOURNAL_LIMIT = 64 * 1024 * 1024
/**
 * KiB of pages that the writer keeps. With SQLite's own 2,000, two hundred busy rooms push each other's pages out, and
 * each message reads them again. Taken only as far as it is used.
 */
const WRITER_CACHE = 8_000
/**
 * Pages of the journal, 4 KiB each, after which they are moved into the database. Rarely, because a page that was
 * changed often is moved once; but no more than the reserve has space for when the disk is full.
 */
const CHECKPOINT_PAGES = 2000

/**
 * The lock is an open transaction in a file of its own: the system ends it with the process, however that dies.
 * Keep what is returned until the very end.
 */
export function claimFolder(file: string): Database {
  const lock = `${file.replace(/\.db$/, '')}.lock`
  let db: Database | undefined
  try {
    db = new Database(lock, { readOnly: false, busyTimeout: 0 })
    // A file that can only be read is opened too, and then no transaction keeps anybody out. Writing shows it.
    db.exec('BEGIN EXCLUSIVE; PRAGMA user_version = 1')
    return db
  } catch (error) {
    db?.close()
    if (isBusy(error)) throw new StoreError(`another server is using ${file}`)
    throw new StoreError(`cannot write ${lock}: ${asError(error).message}`)
  }
}

/** The writer's connection. `steps` are the migrations; tests have their own. */
export function openWriter(
  file: string | null,
  synchronous: Synchronous,
  steps: readonly string[] = migrations,
): Database {
  assertVersion()
  const version = file === null ? 0 : inspect(file, steps.length)
  const db = connect(file ?? ':memory:', { readOnly: false, synchronous, isFile: file !== null })
  try {
    if (file !== null && version > 0 && version < steps.length) keepSnapshot(db, snapshotName(file, version))
    migrate(db, steps)
    return db
  } catch (error) {
    db.close()
    throw new StoreError(`cannot bring ${file} up to date: ${asError(error).message}`)
  }
}

/** Whole or not at all, and like the database for nobody else. */
function keepSnapshot(db: Database, path: string): void {
  closeSync(openSync(path, 'wx', 0o600))
  try {
    db.run('VACUUM INTO ?', path)
  } catch (error) {
    rmSync(path)
    throw error
  }
}

/** The reader's connection; the writer's is open already. */
export function openReader(file: string, synchronous: Synchronous): Database {
  return connect(file, { readOnly: true, synchronous, isFile: true })
}

/** Only to look: nothing is set, and nothing can be written. */
export function openPlain(file: string): Database {
  return new Database(file, { readOnly: true, busyTimeout: BUSY_TIMEOUT })
}

/** Below 3.51.3 a reader and a writer at once can lose committed writes. */
function assertVersion(): void {
  const found = process.versions.sqlite ?? '0'
  const [major = 0, minor = 0, patch = 0] = found.split('.').map(Number)
  if (major * 1e6 + minor * 1e3 + patch < 3_051_003) {
    throw new StoreError(`SQLite ${found} is too old: at least 3.51.3 is needed`)
  }
}

/** Looks without touching; answers the schema's version, 0 for a file that is not there yet. */
export function inspect(file: string, newest = migrations.length): number {
  const size = sizeOf(file)
  if (size === 0) {
    // SQLite would throw such a journal away without a word, and with it what was committed last.
    if (sizeOf(`${file}-wal`) > 0) throw new StoreError(`${file} is missing or empty, but its journal is not`)
    return 0
  }
  let db: Database | undefined
  try {
    db = openPlain(file)
    const version = Number(db.pragma('user_version'))
    const isOurs = db.pragma('application_id') === APPLICATION_ID
    if (!isOurs && db.pragma('schema_version') !== 0)
      throw new StoreError(`${file} is not a Parlour database`)
    if (version > newest) {
      throw new StoreError(`${file} is of a newer Parlour (version ${version}; this one knows ${newest})`)
    }
    const verdict = size <= CHECKED_BYTES ? db.pragma('integrity_check(1)') : 'ok'
    if (verdict !== 'ok') throw new StoreError(`${file} is damaged: ${firstLine(String(verdict))}`)
    return version
  } catch (error) {
    if (error instanceof StoreError) throw error
    const problem = isDamage(error) ? 'is damaged or not a database' : 'cannot be opened'
    throw new StoreError(`${file} ${problem}: ${asError(error).message}`)
  } finally {
    db?.close()
  }
}

/** Bytes; 0 when it is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

const firstLine = (text: string): string => text.replace(/\s+/g, ' ').slice(0, 200)

const writerSettings: [name: string, value: string, back: unknown][] = [
  ['cache_size', String(-WRITER_CACHE), -WRITER_CACHE],
  ['wal_autocheckpoint', String(CHECKPOINT_PAGES), CHECKPOINT_PAGES],
]

function connect(
  path: string,
  options: { readOnly: boolean; synchronous: Synchronous; isFile: boolean },
): Database {
  let db: Database | undefined
  try {
    db = new Database(path, { readOnly: options.readOnly, busyTimeout: BUSY_TIMEOUT })
    // The value wanted, and what reading it back must give.
    const settings: [name: string, value: string, back: unknown][] = [
      ['journal_mode', 'WAL', options.isFile ? 'wal' : 'memory'],
      ['synchronous', options.synchronous, options.synchronous === 'FULL' ? 2 : 1],
      ['busy_timeout', String(BUSY_TIMEOUT), BUSY_TIMEOUT],
      ['journal_size_limit', String(JOURNAL_LIMIT), JOURNAL_LIMIT],
      ['mmap_size', '0', options.isFile ? 0 : undefined],
      ['trusted_schema', 'OFF', 0],
      ['foreign_keys', 'ON', 1],
      ['secure_delete', 'ON', 1],
      ...(options.readOnly ? [] : writerSettings),
    ]
    for (const [name, value, back] of settings) {
      db.pragma(`${name} = ${value}`)
      const found = db.pragma(name)
      if (found !== back) throw new Error(`the setting ${name} = ${value} did not hold: ${String(found)}`)
    }
    return db
  } catch (error) {
    db?.close()
    throw new StoreError(`cannot open ${basename(path)}: ${asError(error).message}`)
  }
}
