/**
 * One group of writes in the writer's thread: one transaction and one fsync for all. What cannot be written fails
 * alone, and a full disk takes deletions only. It never retries what may be on disk.
 */

import type { CommitResult } from '../engine/ports.ts'
import { call } from './call.ts'
import { stale, Taken } from './commit.ts'
import type { Database } from './database.ts'
import { isFatal } from './database.ts'
import type { Result } from './messages.ts'
import { unpack } from './pack.ts'
import type { Reserve } from './reserve.ts'
import { BUSY_TIMEOUT } from './start.ts'
import { writes } from './writes.ts'

const FULL = 'the disk is full'

/**
 * Savepoints cost an eighth of the throughput (200 batches of 5), and nearly no batch throws: so they come only when
 * the group is done again because one of it did. `null`: every item answered `null`.
 */
export function runGroup(at: Database, items: readonly unknown[], reserve?: Reserve): Result[] | null {
  if (reserve?.holds() === false) return runFull(at, items, reserve)
  try {
    const results = at.transaction('write', () => items.map((item): Result => [null, runItem(at, item)]))
    return results.every(([, value]) => value === null) ? null : results
  } catch (error) {
    if (reserve?.isFull(error)) return runFull(at, items, reserve)
    if (isFatal(error)) throw error
    return runApart(at, items, reserve)
  }
}

/**
 * `true`: the journal is empty, and with it everything that was overwritten or deleted. `false` at once when somebody
 * reads: every write would wait with it.
 */
export function checkpoint(at: Database): boolean {
  at.pragma('busy_timeout = 0')
  try {
    return at.pragma('wal_checkpoint(TRUNCATE)') === 0
  } finally {
    at.pragma(`busy_timeout = ${BUSY_TIMEOUT}`)
  }
}

function runApart(at: Database, items: readonly unknown[], reserve?: Reserve): Result[] {
  return at.transaction('write', () =>
    items.map((item): Result => {
      const value = at.attempt(() => runItem(at, item))
      if (value instanceof Taken) return [null, staleItem(at, item)]
      if (!(value instanceof Error)) return [null, value]
      if (isFatal(value) || reserve?.isFull(value)) throw value
      return [value.message, null]
    }),
  )
}

/** Once more with the journal emptied, because that is most of what a deletion needs. */
function runFull(at: Database, items: readonly unknown[], reserve: Reserve): Result[] {
  reserve.release()
  const fitting = items.filter(frees)
  let results = new Map<unknown, Result>()
  for (let isAgain = false; fitting.length > 0; isAgain = true) {
    try {
      const done = runApart(at, fitting, reserve)
      results = new Map(fitting.map((item, i) => [item, done[i] ?? full(item)]))
      break
    } catch (error) {
      if (!reserve.isFull(error)) throw error
      if (isAgain || !checkpoint(at)) break
    }
  }
  return items.map((item) => results.get(item) ?? full(item))
}

/** A room that is told so may have less to write. */
function full(item: unknown): Result {
  const isCommit = Array.isArray(item) && item[0] === 'commit'
  return isCommit ? [null, { kind: 'full' } satisfies CommitResult] : [FULL, null]
}

function runItem(at: Database, item: unknown): unknown {
  if (!Array.isArray(item)) throw new Error('no list of what to write')
  const [op, ...args] = item
  return call(writes, String(op), at, args) ?? null
}

function staleItem(at: Database, item: unknown): unknown {
  if (!Array.isArray(item)) throw new Error('no list of what to write')
  return stale(at, unpack(item[1]))
}

/** Whether it makes nothing larger, or next to nothing. */
function frees(item: unknown): boolean {
  if (!Array.isArray(item)) return false
  const [op, cells] = item
  if (op !== 'commit') return op !== 'addUser' && op !== 'addSession'
  const { erase, rows } = unpack(cells)
  return erase || (rows.length > 0 && rows.every(({ body }) => body === null))
}
