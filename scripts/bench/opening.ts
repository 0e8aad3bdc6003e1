/** Case G: opening a room, however much has been said in it. The messages are written by the store itself, not over sockets. */

import { nanoid } from 'nanoid'
import { Client, logIn } from '../load/client.ts'
import { FrameReader } from '../load/frames.ts'
import { median, withFolder } from './duel.ts'
import type { Filled } from './fill.ts'
import { fill } from './fill.ts'
import type { Row } from './row.ts'
import { count, ms } from './row.ts'
import type { Server } from './servers.ts'
import { startOurs } from './servers.ts'

const OPENINGS = 21

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
