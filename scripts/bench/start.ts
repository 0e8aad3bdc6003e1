/** Case E: from the start of the process to the first answer, with a data folder that is there already; and what it takes idle. */

import { costOf } from '../load/process.ts'
import { median, withFolder } from './duel.ts'
import { pause } from './meter.ts'
import type { Row } from './row.ts'
import { mebibytes } from './row.ts'
import { startOurs } from './servers.ts'

/** How long a server is left alone before its memory counts, ms. */
const IDLE = 1000

export async function start(rounds: number): Promise<Row[]> {
  const tries = await withFolder(async (folder) => {
    await (await startOurs(folder)).stop()
    const all: { ms: number; rss: number }[] = []
    for (let round = 0; round < rounds; round++) all.push(await once(folder))
    return all
  })
  const { ms } = median(tries, (one) => one.ms)
  const { rss } = median(tries, (one) => one.rss)
  return [
    {
      what: 'E: from spawn to `/healthz`, data folder present',
      ours: `${ms.toFixed(0)} ms`,
      bare: '–',
      ratio: '–',
      wanted: '≤ 300 ms',
      isReached: ms <= 300,
      notes: [],
    },
    {
      what: 'E: resident memory, idle',
      ours: mebibytes(rss),
      bare: '–',
      ratio: '–',
      wanted: '≤ 90 MB',
      isReached: rss <= 90e6,
      notes: [],
    },
  ]
}

async function once(folder: string): Promise<{ ms: number; rss: number }> {
  const begin = performance.now()
  const server = await startOurs(folder)
  const ms = performance.now() - begin
  await pause(IDLE)
  const rss = costOf(server.pid)?.rss ?? Number.NaN
  await server.stop()
  return { ms, rss }
}
