/** Case F: how soon a crowd is let in, and what a connection costs that sits in a room and says nothing. */

import * as v from 'valibot'
import type { Patience } from './calm.ts'
import { withFolder } from './contest.ts'
import { outcome } from './job.ts'
import type { Row } from './row.ts'
import { count, faultsOf } from './row.ts'
import type { Server } from './servers.ts'
import { runScript, startBare, startOurs } from './servers.ts'

/** People per room. */
const PEOPLE = 50
/** How long they sit, ms. */
const SIT = 10_000
/** A generator that takes longer than this, ms, is ended. */
const LIMIT = 180_000
/** Wanted: seconds until all are greeted, bytes for each. */
const ACCEPTED = 4
const EACH = 12 * 1024

const sat = v.object({
  ...outcome.entries,
  arrival: v.object({
    seconds: v.number(),
    logIns: v.number(),
    serverCpu: v.number(),
    generatorCpu: v.number(),
  }),
})
type Sat = v.InferOutput<typeof sat>

/** `connections` is a multiple of 50. */
export async function idlers(connections: number, patience: Patience): Promise<Row[]> {
  await patience.calm()
  const bare = await sit(await startBare(), connections)
  await patience.calm()
  const ours = await withFolder(async (folder) => sit(await startOurs(folder), connections))
  return [arrivalRow(connections, ours, bare), memoryRow(connections, ours, bare)]
}

async function sit(server: Server, connections: number): Promise<Sat> {
  try {
    const { kind, port, pid } = server
    const job = { do: 'idle', kind, port, pid, rooms: connections / PEOPLE, people: PEOPLE, measure: SIT }
    return v.parse(sat, JSON.parse(await runScript('generator.ts', JSON.stringify(job), LIMIT)))
  } finally {
    await server.stop()
  }
}

function arrivalRow(connections: number, { arrival: ours }: Sat, { arrival: bare }: Sat): Row {
  const share = ({ seconds, serverCpu, generatorCpu }: Sat['arrival']): string =>
    [serverCpu, generatorCpu].map((cpu) => `${((100 * cpu) / seconds).toFixed(0)} %`).join(' and ')
  return {
    what: `F: ${count(connections)} who have logged in come in: until the last is greeted`,
    ours: `${ours.seconds.toFixed(1)} s`,
    bare: `${bare.seconds.toFixed(1)} s`,
    ratio: `${(ours.seconds / bare.seconds).toFixed(2)} ×`,
    wanted: `≤ ${ACCEPTED} s`,
    isReached: ours.seconds <= ACCEPTED,
    notes: [
      `They logged in before that, in ${ours.logIns.toFixed(1)} s.`,
      `CPU of the server (all threads) and of the generator meanwhile: ours ${share(ours)}, bare ${share(bare)}.`,
    ],
  }
}

function memoryRow(connections: number, ours: Sat, bare: Sat): Row {
  const each = ({ rss, rssBefore }: Sat): number => (rss - rssBefore) / connections
  const kib = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KiB`
  return {
    what: `F: memory per idle connection, ${count(connections)} in rooms of ${PEOPLE}`,
    ours: kib(each(ours)),
    bare: kib(each(bare)),
    ratio: `${(each(ours) / each(bare)).toFixed(2)} ×`,
    wanted: `≤ ${EACH / 1024} KiB`,
    isReached: each(ours) <= EACH,
    notes: faultsOf({ ours: [ours], bare: [bare] }),
  }
}
