/** Real stores for tests, in memory or in a folder of their own under the system's; gone when the test is over. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import type { Batch, CommitResult, Log, Row, Store } from '../../src/engine/ports.ts'
import { openStore } from '../../src/store/sqlite.ts'

/** Says nothing. */
export const quiet: Log = { info: () => undefined, warn: () => undefined, error: () => undefined }

export async function memoryStore(t: TestContext): Promise<Store> {
  const store = await openStore({ file: null, log: quiet })
  t.after(() => store.close())
  return store
}

/** `file` may be opened again after `store.close()`. */
export async function fileStore(t: TestContext): Promise<{ store: Store; file: string; folder: string }> {
  const folder = await tempFolder(t)
  const file = join(folder, 'parlour.db')
  const store = await openStore({ file, log: quiet })
  t.after(() => store.close())
  return { store, file, folder }
}

export async function tempFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'parlour-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export function commit(store: Store, batch: Batch): Promise<CommitResult> {
  return new Promise((resolve) => store.commit(batch, resolve))
}

/** A batch that changes nothing but the clock, with whatever is given. */
export function batch(room: string, from: number, more: Partial<Batch> = {}): Batch {
  const head = from === 0 ? { kind: 'room' as const, code: null, vanish: false } : null
  const empty = { head, rows: [], members: [], wrote: [], jobs: [], erase: false }
  return { room, from, rev: from + 1, at: 1_000, ...empty, ...more }
}

/** A row as the engine makes it; `born` is the rev unless given. */
export function row(type: string, id: string, rev: number, more: Partial<Row> & { text?: string } = {}): Row {
  const { text = '', ...given } = more
  const born = given.born ?? rev
  return {
    key: `${type}/${id}`,
    rev,
    born,
    author: null,
    body: JSON.stringify({ type, id, text, born }),
    type,
    fresh: false,
    timeline: false,
    counts: false,
    on: null,
    expires: null,
    ...given,
  }
}

export function message(id: string, rev: number, more: Partial<Row> & { text?: string } = {}): Row {
  return row('message', id, rev, { timeline: true, counts: true, fresh: true, author: 'ada', ...more })
}
