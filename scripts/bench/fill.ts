/** Rooms with a long past: made over a socket as anybody would, filled through the store. It never runs beside a server. */

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { nanoid } from 'nanoid'
import type { Log, Row, Store } from '../../src/engine/ports.ts'
import { CHANCE, mintId } from '../../src/state/mint.ts'
import { keyOf } from '../../src/state/records.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { logIn } from '../load/client.ts'
import { makeRoom } from './crowd.ts'
import { Peer } from './peer.ts'
import { startOurs } from './servers.ts'

/** Messages of one commit. */
const BATCH = 2000
/** Commits handed over before waiting. */
const AHEAD = 8

export interface Filled {
  room: string
  code: string
  /** Messages in it. */
  size: number
}

const quiet: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: (event, fields) => console.error(event, fields),
}

/**
 * One room for each size, all of the person whose token is returned. After `limit` ms no more is written: the sizes
 * returned are those reached.
 */
export async function fill(
  folder: string,
  sizes: readonly number[],
  limit = Number.POSITIVE_INFINITY,
): Promise<{ token: string; rooms: Filled[] }> {
  const until = performance.now() + limit
  const { token, user, rooms } = await make(folder, sizes.length)
  const wanted = rooms.map((made, n) => ({ ...made, size: sizes[n] ?? 0 }))
  const reached = await fillRooms(folder, user, wanted, until)
  return { token, rooms: rooms.map(({ room, code }, n) => ({ room, code, size: reached[n] ?? 0 })) }
}

/** Rooms that are there, by somebody who is in them: so many messages each, behind a rev. Returns how many it wrote. */
export async function fillRooms(
  folder: string,
  user: string,
  rooms: readonly { room: string; rev: number; size: number }[],
  until = Number.POSITIVE_INFINITY,
): Promise<number[]> {
  const file = readdirSync(folder).find((name) => name.endsWith('.db'))
  if (file === undefined) throw new Error(`the server left no database in ${folder}`)
  const store = await openStore({ file: join(folder, file), log: quiet })
  const written: number[] = []
  try {
    for (const { room, rev, size } of rooms)
      written.push(await write(store, { room, user, rev }, size, until))
  } finally {
    await store.close()
  }
  return written
}

interface Made {
  room: string
  code: string
  rev: number
}

async function make(folder: string, count: number): Promise<{ token: string; user: string; rooms: Made[] }> {
  const server = await startOurs(folder)
  try {
    const token = await logIn(new URL(`http://127.0.0.1:${server.port}`))
    const peer = new Peer(0, { port: server.port, path: '/ws', token, from: '127.0.0.1' })
    const user = userIn(await peer.talk(null, (frame) => frame.t === 'hello'))
    const rooms: Made[] = []
    for (let n = 0; n < count; n++) {
      const room = nanoid()
      rooms.push({ room, ...(await makeRoom(room, peer)) })
    }
    peer.close()
    return { token, user, rooms }
  } finally {
    await server.stop()
  }
}

function userIn(hello: unknown): string {
  if (typeof hello === 'object' && hello !== null && 'user' in hello) {
    const { user } = hello
    if (typeof user === 'object' && user !== null && 'id' in user && typeof user.id === 'string')
      return user.id
  }
  throw new Error('the hello came without a user')
}

/** Returns how many messages were written. */
async function write(
  store: Store,
  { room, user, rev }: { room: string; user: string; rev: number },
  size: number,
  until: number,
): Promise<number> {
  let pending: Promise<void>[] = []
  let done = 0
  while (done < size && performance.now() < until) {
    const batch = Math.min(BATCH, size - done)
    pending.push(commit(store, room, user, rev + done, batch))
    done += batch
    if (pending.length < AHEAD) continue
    await Promise.all(pending)
    pending = []
  }
  await Promise.all(pending)
  return done
}

function commit(store: Store, room: string, user: string, from: number, size: number): Promise<void> {
  const at = Date.now()
  const rows = Array.from({ length: size }, (_, n) => messageRow(user, at, from + n + 1))
  const more = { head: null, members: [], wrote: [user], jobs: [], erase: false }
  return new Promise((resolve, reject) => {
    store.commit({ room, from, rev: from + size, at, rows, ...more }, (result) => {
      if (result.kind === 'done') resolve()
      else reject(new Error(`the store was ${result.kind} while being filled`))
    })
  })
}

function messageRow(user: string, at: number, rev: number): Row {
  const id = mintId(at, nanoid(CHANCE))
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
