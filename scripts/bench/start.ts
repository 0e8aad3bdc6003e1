/** Case E: from the start of the process to the first answer, with a data folder that is there already; and what it takes idle. */

import { costOf } from '../load/process.ts'
import { withFolder } from './contest.ts'
import { pause } from './meter.ts'
import { median } from './rounds.ts'
import type { Row } from './row.ts'
import { megabytes } from './row.ts'
import { startOurs, timeStart } from './servers.ts'

/** How long a server is left alone before its memory counts, ms. */
const IDLE = 1000

interface Started {
  healthy: number
  ready: number
  rss: number
}

export async function start(rounds: number): Promise<Row[]> {
  const tries = await withFolder(async (folder) => {
    await (await startOurs(folder)).stop()
    const all: Started[] = []
    for (let round = 0; round < rounds; round++) all.push(await once(folder))
    return all
  })
  const { healthy } = median(tries, (one) => one.healthy)
  const { ready } = median(tries, (one) => one.ready)
  const { rss } = median(tries, (one) => one.rss)
  return [
    {
      what: 'E: from spawn to `/healthz`, data folder present',
      ours: `${healthy.toFixed(0)} ms`,
      bare: '–',
      ratio: '–',
      wanted: '≤ 300 ms',
      isReached: healthy <= 300,
      notes: [`Ready, with the store open, after ${ready.toFixed(0)} ms.`],
    },
    {
      what: 'E: resident memory, idle',
      ours: megabytes(rss),
      bare: '–',
      ratio: '–',
      wanted: '≤ 90 MB',
      isReached: rss <= 90e6,
      notes: [],
    },
  ]
}

async function once(folder: string): Promise<Started> {
  const { healthy, ready, server } = await timeStart(folder)
  await pause(IDLE)
  const rss = costOf(server.pid)?.rss ?? Number.NaN
  await server.stop()
  return { healthy, ready, rss }
}
