/**
 * The thread that holds connections: the writer, the reader, or both for a database in memory, which two threads
 * cannot share. It answers every message once and in order; it never takes the next before the last is answered.
 */

import { parentPort, workerData } from 'node:worker_threads'
import { collectWhenIdle } from '../idle-collector.ts'
import { call } from './call.ts'
import type { Database } from './database.ts'
import { isFatal } from './database.ts'
import { asError } from './error.ts'
import { checkpoint, runGroup } from './group.ts'
import type { Duty, Reply, Request, Result } from './messages.ts'
import type { Opened } from './opening.ts'
import { epochOf, openTrusted } from './opening.ts'
import { reads } from './reads.ts'
import { Reserve } from './reserve.ts'
import { claimFolder, openReader, openWriter } from './start.ts'

/** Share of the time: fifty messages a second are more, and would wait 40 ms for the collector. Silence is nothing. */
const QUIET_WORK = 0.03

if (parentPort === null) throw new Error('this file is a worker')
const port = parentPort
// The thread that starts us is ours.
const duty = workerData as Duty

let db: Database | undefined
let lock: Database | undefined
let reserve: Reserve | undefined

collectWhenIdle(QUIET_WORK)

/** What was asked when the disk failed is never answered: nobody knows whether it is done. The thread ends, loudly. */
port.on('message', (request: Request) => {
  let reply: Reply
  try {
    reply = [request[0], null, answer(request)]
  } catch (error) {
    if (isFatal(error) && !reserve?.isFull(error)) throw error
    reply = [request[0], asError(error).message, null]
  }
  port.postMessage(reply)
})

function answer([, op, ...args]: Request): unknown {
  if (op === 'open') return open()
  if (op === 'close') return close()
  if (db === undefined) throw new Error('the store is not open')
  const at = db
  if (op === 'group') return runGroup(at, args, reserve)
  if (op === 'checkpoint') return checkpoint(at)
  if (op === 'reads') return at.transaction('read', () => args.map((read) => answerOne(at, read)))
  throw new Error(`the store has no ${op}`)
}

/** What cannot be read fails alone. */
function answerOne(at: Database, read: unknown): Result {
  if (!Array.isArray(read)) throw new Error('no list of what to read')
  const [op, ...args] = read
  try {
    return [null, call(reads, String(op), at, args)]
  } catch (error) {
    if (isFatal(error)) throw error
    return [asError(error).message, null]
  }
}

function open(): Opened {
  const { file, role, synchronous } = duty
  if (file === null) db = openWriter(null, synchronous)
  else if (role === 'reader') db = openReader(file, synchronous)
  else {
    lock = claimFolder(file)
    try {
      const { db: opened, ...rest } = openTrusted(file, synchronous)
      db = opened
      reserve = new Reserve(file)
      reserve.holds()
      return rest
    } catch (error) {
      lock.close()
      throw error
    }
  }
  return { epoch: epochOf(db), alarm: null }
}

function close(): void {
  try {
    if (db !== undefined && duty.role === 'writer') emptyJournal(db)
    db?.close()
  } finally {
    db = undefined
    lock?.close()
  }
}

/** Nothing depends on it: what is in the journal is on disk, and the next start reads it. */
function emptyJournal(at: Database): void {
  try {
    checkpoint(at)
  } catch {
    // Such as on a full disk, where moving a page into the database fails.
  }
}
