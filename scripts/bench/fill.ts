/** Fills rooms with messages through the store itself, not over sockets. No server may be at the folder meanwhile. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import type { Log, Row, Store } from '../../src/engine/ports.ts'
import { keyOf } from '../../src/state/records.ts'
import { openStore } from '../../src/store/sqlite.ts'

/** Messages of one commit. */
const BATCH = 2000
/** Commits handed over before waiting. */
const AHEAD = 8

export interface Filled {
  room: string
  /** Messages to be written. */
  size: number
  /** Of the room before that. */
  rev: number
}

const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => console.error(event, fields),
}

export async function fill(folder: string, user: string, rooms: readonly Filled[]): Promise<void> {
  const file = readdirSync(folder).find((name) => name.endsWith('.db'))
  if (file === undefined) throw new Error(`the server left no database in ${folder}`)
  const store = await openStore({ file: join(folder, file), log: quiet })
  try {
    for (const { room, size, rev } of rooms) {
      let pending: Promise<void>[] = []
      for (let done = 0; done < size; done += BATCH) {
        pending.push(write(store, room, user, rev + done, Math.min(BATCH, size - done)))
        if (pending.length < AHEAD) continue
        await Promise.all(pending)
        pending = []
      }
      await Promise.all(pending)
    }
  } finally {
    await store.close()
  }
}

function write(store: Store, room: string, user: string, from: number, size: number): Promise<void> {
  const at = Date.now()
  const rows = Array.from({ length: size }, (_, n) => messageRow(user, at, from + n + 1))
  const batch = {
    room,
    from,
    rev: from + size,
    at,
    head: null,
    rows,
    members: [],
    wrote: [user],
    jobs: [],
    erase: false,
  }
  return new Promise((resolve, reject) => {
    store.commit(batch, (result) => {
      if (result.kind === 'done') resolve()
      else reject(new Error(`the store was ${result.kind} while being filled`))
    })
  })
}

function messageRow(user: string, at: number, rev: number): Row {
  const id = nanoid()
  const body = `Message ${rev}: ${'somebody said something here '.repeat(3)}`
  const record = { type: 'message', id, by: user, at, body, edited: null, expires: null, born: rev }
  return {
    key: keyOf('message', id),
    type: 'message',
    rev,
    born: rev,
    author: user,
    body: JSON.stringify(record),
    fresh: true,
    timeline: true,
    counts: true,
    on: null,
    expires: null,
  }
}
