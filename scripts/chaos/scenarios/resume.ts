/** Hundreds of people lose their connection again and again while others write: each is told everything once, in order. */

import { setTimeout as sleep } from 'node:timers/promises'
import { costOf } from '../../load/process.ts'
import { startServer } from '../server.ts'
import { SlowReader } from '../slow-reader.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import { logIn } from '../wire.ts'
import { Workload } from '../workload.ts'

const READERS = 500
/** Below so many rounds it is a short run: a tenth of the people, shorter stays, and nobody misses ten thousand messages. */
const SHORT = 10
const ROOMS = 5
/** Messages per second. */
const RATE = 200
/** ms that a connection lasts, and that somebody is away, at most; and the share of those cut while they come in. */
const LASTS = 4000
const AWAY = 1000
const BRIEF = 500
const EARLY = 0.2
/** ms into a connection at which one is cut that has hardly begun. */
const HARDLY = 30
/** Missed changes up to which somebody catches up; beyond it they are told to begin anew. */
const REACH = 10_000

export const resume: Scenario = {
  about: `${READERS} people in ${ROOMS} rooms, cut off at random (rounds: times each)`,
  promises: 'R8',
  size: { rounds: 200, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: ROOMS, observers: 0, rooms: ROOMS, rate: RATE, isPlain: true }
    const workload = await new Workload(stage, { port, ...load }).begin()
    const [writer] = workload.writers
    const isShort = stage.size.rounds < SHORT
    const readers: Reader[] = []
    const arrive = async (_: unknown, n: number) => {
      const room = workload.rooms[n % ROOMS] ?? ''
      const reader = new SlowReader(port, (await logIn(port, `reader${n}`)).token, room)
      stage.atEnd(() => reader.end())
      await reader.connect(writer?.codes.get(room))
      readers[n] = { reader, room }
    }
    await Promise.all(Array.from({ length: isShort ? READERS / 10 : READERS }, arrive))
    workload.run()
    let cuts = 0
    const telling = setInterval(() => stage.say(`${cuts} times cut off, ${workload.ok} acknowledged`), 10_000)
    const lose = async ({ reader }: Reader) => {
      for (let n = 0; n < stage.size.rounds; n += 1) {
        const isEarly = stage.random.chance(EARLY)
        await sleep(stage.between(0, isEarly ? HARDLY : isShort ? BRIEF : LASTS))
        reader.end()
        cuts += 1
        await sleep(stage.between(0, isShort ? BRIEF : AWAY))
        // It is cut again before it is in, perhaps: then the next time counts.
        reader.connect().catch(() => undefined)
      }
    }
    await Promise.all(readers.map(lose)).finally(() => clearInterval(telling))
    await workload.finish()
    await judge(stage, readers, workload)
    if (!isShort) await overreach(stage, readers, workload)
    stage.figure('times cut off', cuts)
    stage.figure('CPU of the server, s', (costOf(server.pid)?.cpu ?? 0).toFixed(1))
  },
}

interface Reader {
  reader: SlowReader
  room: string
}

async function judge(stage: Stage, readers: readonly Reader[], workload: Workload): Promise<void> {
  const revOf = (room: string) => workload.writers[0]?.revOf(room)
  const behind = () => readers.filter(({ reader, room }) => reader.rev !== revOf(room))
  await until(() => behind().length === 0, 30_000)
  stage.expect(behind().length === 0, 'R8', `${behind().length} did not catch up`)
  const sent = Map.groupBy(stage.history.operations, ({ room }) => room)
  const missing = readers.map(({ reader, room }) => (sent.get(room)?.length ?? 0) - reader.messages)
  const sum = (of: (reader: SlowReader) => number) => readers.reduce((all, { reader }) => all + of(reader), 0)
  const faults = {
    'messages missing': missing.filter((n) => n > 0).reduce((a, b) => a + b, 0),
    'messages too many': -missing.filter((n) => n < 0).reduce((a, b) => a + b, 0),
    'repeated or out of order': sum(({ misplaced }) => misplaced),
    'syncs that did not continue': sum(({ gaps }) => gaps),
    // The first window is one.
    'told to begin anew': sum(({ resets }) => resets - 1),
  }
  stage.figure(
    'messages told',
    sum(({ messages }) => messages),
  )
  for (const [what, count] of Object.entries(faults)) {
    stage.figure(what, count)
    stage.expect(count === 0, 'R8', `${what}: ${count}`)
  }
}

/** Who missed as much as can be caught up does; who missed more is told so. */
async function overreach(stage: Stage, readers: readonly Reader[], workload: Workload): Promise<void> {
  const [within, beyond] = [readers[0]!, readers[ROOMS]!]
  const { room } = within
  const [writer] = workload.writers
  const resets = [within.reader.resets, beyond.reader.resets]
  const gaps = within.reader.gaps
  beyond.reader.end()
  const write = async (count: number) => {
    for (let n = 0; n < count; n += 1) writer?.send(room, 'missed')
    await writer?.idle()
  }
  await write(100)
  await until(() => within.reader.rev === writer?.revOf(room), 10_000)
  within.reader.end()
  await write(REACH)
  for (const { reader } of [within, beyond]) await reader.connect()
  const told = [within.reader.resets - resets[0]!, beyond.reader.resets - resets[1]!]
  stage.expect(
    told[0] === 0 && within.reader.gaps === gaps,
    'R8',
    `${REACH} missed: told to begin anew, or with a gap`,
  )
  stage.expect(told[1] === 1, 'R8', `${REACH + 100} missed: not told to begin anew`)
  const isThere = [within, beyond].every(({ reader }) => reader.rev === writer?.revOf(room))
  stage.expect(isThere, 'R8', 'who missed much did not catch up')
}
