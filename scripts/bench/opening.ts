/** Case G: opening a room, however much has been said in it. The messages are written by the store itself, not over sockets. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import type { Log, Store, Row as StoreRow } from '../../src/engine/ports.ts'
import { keyOf } from '../../src/state/records.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { Client, logIn } from '../load/client.ts'
import { FrameReader } from '../load/frames.ts'
import { withFolder } from './contest.ts'
import { median } from './rounds.ts'
import type { Row } from './row.ts'
import { count, ms } from './row.ts'
import type { Server } from './servers.ts'
import { startOurs } from './servers.ts'

/** Messages of one commit. */
const BATCH = 2000
/** Commits handed over before waiting. */
const AHEAD = 8
const OPENINGS = 21

interface Filled {
  room: string
  size: number
  rev: number
}

const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => console.error(event, fields),
}

export function opening(sizes: readonly number[]): Promise<Row[]> {
  return withFolder(async (folder) => {
    const { token, user, rooms } = await prepare(folder, sizes)
    await fill(folder, user, rooms)
    const server = await startOurs(folder)
    try {
      return await measure(server, token, rooms)
    } finally {
      await server.stop()
    }
  })
}

/** Somebody makes the rooms as anybody would. */
async function prepare(
  folder: string,
  sizes: readonly number[],
): Promise<{ token: string; user: string; rooms: Filled[] }> {
  const server = await startOurs(folder)
  try {
    const token = await logIn(urlOf(server))
    const client = new Client(urlOf(server), token, new FrameReader())
    const hello = await client.connect()
    const rooms: Filled[] = []
    for (const size of sizes) {
      const room = nanoid()
      const { rev } = await ask(client, { t: 'room.create', room, name: `${count(size)} messages` })
      rooms.push({ room, size, rev })
    }
    client.close()
    return { token, user: hello.user.id, rooms }
  } finally {
    await server.stop()
  }
}

async function fill(folder: string, user: string, rooms: readonly Filled[]): Promise<void> {
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

function messageRow(user: string, at: number, rev: number): StoreRow {
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

async function measure(server: Server, token: string, rooms: readonly Filled[]): Promise<Row[]> {
  const client = new Client(urlOf(server), token, new FrameReader())
  await client.connect()
  const rows: Row[] = []
  let smallest: number | null = null
  for (const { room, size } of rooms) {
    const took: number[] = []
    for (let n = 0; n < OPENINGS; n++) {
      const begin = performance.now()
      await ask(client, { t: 'room.open', room })
      took.push(performance.now() - begin)
      await ask(client, { t: 'room.close', room })
    }
    const middle = median(took, (one) => one)
    smallest ??= middle
    rows.push({
      what: `G: opening a room of ${count(size)} messages (first time)`,
      ours: `${ms(middle)} (${ms(took[0] ?? null)})`,
      bare: '–',
      ratio: `${(middle / smallest).toFixed(2)} ×`,
      // The smallest room has fewer messages than a window holds.
      wanted: 'as for a small one',
      isReached: null,
      notes: [],
    })
  }
  client.close()
  return rows
}

async function ask(client: Client, frame: Record<string, unknown>): Promise<{ rev: number }> {
  const answer = await client.ask(frame)
  if (answer.kind !== 'ok') {
    throw new Error(`${String(frame.t)}: ${answer.kind === 'no' ? answer.no.why : answer.why}`)
  }
  const { data } = answer
  const isRev = typeof data === 'object' && data !== null && 'rev' in data && typeof data.rev === 'number'
  return { rev: isRev ? Number(data.rev) : 0 }
}

const urlOf = ({ port }: Server): URL => new URL(`http://127.0.0.1:${port}`)
