/** Case G: opening a room, however much has been said in it. The messages are written by the store itself, not over sockets. */

import { Client } from '../load/client.ts'
import { FrameReader } from '../load/frames.ts'
import { withFolder } from './contest.ts'
import type { Filled } from './fill.ts'
import { fill } from './fill.ts'
import { median } from './rounds.ts'
import type { Row } from './row.ts'
import { count, ms } from './row.ts'
import type { Server } from './servers.ts'
import { startOurs } from './servers.ts'

const OPENINGS = 21

export function opening(sizes: readonly number[]): Promise<Row[]> {
  return withFolder(async (folder) => {
    const { token, rooms } = await fill(folder, sizes)
    const server = await startOurs(folder)
    try {
      return await measure(server, token, rooms)
    } finally {
      await server.stop()
    }
  })
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

async function ask(client: Client, frame: Record<string, unknown>): Promise<void> {
  const answer = await client.ask(frame)
  if (answer.kind !== 'ok') {
    throw new Error(`${String(frame.t)}: ${answer.kind === 'no' ? answer.no.why : answer.why}`)
  }
}

const urlOf = ({ port }: Server): URL => new URL(`http://127.0.0.1:${port}`)
