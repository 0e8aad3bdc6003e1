/**
 * The thread that holds connections: the writer, the reader, or both for a database in memory, which two threads
 * cannot share. It answers every message once and in order; it never takes the next before the last is answered.
 */

import { parentPort, workerData } from 'node:worker_threads'
import type { Database } from './database.ts'
import { isFatal } from './database.ts'
import { asError } from './error.ts'
import type { Duty, Reply, Request, Result } from './messages.ts'
import { reads } from './reads.ts'
import { claimFolder, openReader, openWriter } from './start.ts'
import { writes } from './writes.ts'

if (parentPort === null) throw new Error('this file is a worker')
const port = parentPort
// The thread that starts us is ours.
const duty = workerData as Duty

let db: Database | undefined
let lock: Database | undefined

port.on('message', (request: Request) => {
  let reply: Reply
  try {
    reply = [request[0], null, answer(request)]
  } catch (error) {
    reply = [request[0], asError(error).message, null]
    if (isFatal(error)) stop(error)
  }
  port.postMessage(reply)
})

function answer([, op, ...args]: Request): unknown {
  if (op === 'open') return open()
  if (op === 'close') return close()
  if (db === undefined) throw new Error('the store is not open')
  const at = db
  if (op === 'group') return runGroup(at, args)
  if (op === 'checkpoint') return checkpoint(at)
  return at.transaction('read', () => call(reads, op, at, args))
}

/** The epoch. */
function open(): string {
  const { file, role, synchronous } = duty
  if (role === 'reader' && file !== null) {
    db = openReader(file, synchronous)
  } else {
    if (file !== null) lock = claimFolder(file)
    try {
      db = openWriter(file, synchronous)
    } catch (error) {
      lock?.close()
      throw error
    }
  }
  return db.get<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'")?.value ?? ''
}

/**
 * One transaction and one fsync for all. Savepoints cost an eighth of the throughput (200 batches of 5), and
 * nearly no batch throws: so they come only when the group is done again because one of it did.
 */
function runGroup(at: Database, items: readonly unknown[]): Result[] | null {
  try {
    const results = at.transaction('write', () => items.map((item): Result => [null, runItem(at, item)]))
    return results.every(([, value]) => value === null) ? null : results
  } catch (error) {
    if (isFatal(error)) throw error
    return runApart(at, items)
  }
}

function runApart(at: Database, items: readonly unknown[]): Result[] {
  return at.transaction('write', () =>
    items.map((item): Result => {
      const value = at.attempt(() => runItem(at, item))
      if (!(value instanceof Error)) return [null, value]
      if (isFatal(value)) throw value
      return [value.message, null]
    }),
  )
}

function runItem(at: Database, item: unknown): unknown {
  if (!Array.isArray(item)) throw new Error('no list of what to write')
  const [op, ...args] = item
  return call(writes, String(op), at, args) ?? null
}

/** Both ends of the port are typed by the same object (see `sqlite.ts`), which a name that crosses it cannot show. */
function call(table: object, op: string, at: Database, args: readonly unknown[]): unknown {
  const found: unknown = Object.hasOwn(table, op) ? Reflect.get(table, op) : undefined
  if (typeof found !== 'function') throw new Error(`the store has no ${op}`)
  return found(at, ...args)
}

/** `true`: the journal is empty, and with it everything that was overwritten or deleted. */
function checkpoint(at: Database): boolean {
  return at.pragma('wal_checkpoint(TRUNCATE)') === 0
}

function close(): void {
  try {
    if (db !== undefined && duty.role === 'writer') checkpoint(db)
    db?.close()
  } finally {
    db = undefined
    lock?.close()
  }
}

/** Ends the thread once the answer is out; the main thread hears of it and ends the process. */
function stop(error: unknown): void {
  setImmediate(() => {
    throw asError(error)
  })
}
