/** Files are cut, flipped and removed while the server is down: it refuses, or starts without hiding that something is lost. */

import { cpSync, existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Random } from '../../../test/support/random.ts'
import { runCommand } from '../../../test/support/server.ts'
import { History } from '../history.ts'
import { Member } from '../member.ts'
import type { Server } from '../server.ts'
import { NotStarted, startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until, within } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms of traffic into the database and into its journal, and until the watermark has noticed at the latest. */
const TRAFFIC = 1500
const NOTICED = 1500
/** ms that the watermark may have been on its way to its file already when the last commit came. */
const ON_ITS_WAY = 200
/** Below so many rounds it is a short run: less is written before. */
const SHORT = 9
const BRIEF = 400
/** Bytes of a journal in which more than the watermark stands. */
const WORTH = 64 * 1024

/** A folder of a server that was killed, and what was acknowledged in it. */
interface Ruin {
  folder: string
  epoch: unknown
  rooms: string[]
  token: string
  person: string
  /** Messages by id: how long the journal was, at most, when they were acknowledged; 0: they are in the database. */
  acked: Map<string, number>
}

interface Damage {
  what: string
  /** Does it, and answers the byte of the journal before which nothing may be missing; `null`: no such promise. */
  does(path: (end: string) => string, random: Random): number | null
  /** What SQLite alone cannot see. */
  isSubtle?: true
}

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

const damages: Damage[] = [
  {
    what: 'journal cut',
    does(path, random) {
      const at = random.below(sizeOf(path('.db-wal')))
      truncateSync(path('.db-wal'), at)
      return at
    },
  },
  { what: 'bit of the journal flipped', does: (path, random) => flip(path('.db-wal'), random) },
  {
    what: 'block of the journal zeroed',
    does(path, random) {
      const bytes = readFileSync(path('.db-wal'))
      const at = random.below(bytes.length)
      bytes.fill(0, at, Math.min(bytes.length, at + 4096))
      writeFileSync(path('.db-wal'), bytes)
      return at
    },
  },
  {
    what: 'no -shm',
    does(path) {
      rmSync(path('.db-shm'), { force: true })
      return Number.POSITIVE_INFINITY
    },
  },
  {
    what: 'no journal',
    does(path) {
      rmSync(path('.db-wal'))
      return 0
    },
  },
  {
    what: 'no watermark',
    does(path) {
      rmSync(path('.mark'), { force: true })
      return Number.POSITIVE_INFINITY
    },
  },
  {
    what: 'bit of the database flipped',
    isSubtle: true,
    does(path, random) {
      flip(path('.db'), random)
      return null
    },
  },
  {
    what: 'database cut',
    does(path, random) {
      truncateSync(path('.db'), random.below(sizeOf(path('.db'))))
      return null
    },
  },
  {
    what: 'no database',
    does(path) {
      rmSync(path('.db'))
      return null
    },
  },
]

function flip(file: string, random: Random): number {
  const bytes = readFileSync(file)
  const at = random.below(bytes.length)
  bytes[at] = bytes[at]! ^ (1 << random.below(8))
  writeFileSync(file, bytes)
  return at
}

export const damage: Scenario = {
  about: 'cut, flipped and missing files',
  promises: 'R12',
  size: { rounds: 300, seconds: 0 },
  async run(stage) {
    const ruin = await makeRuin(stage)
    const outcomes = new Map<string, number>()
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      const damage = damages[(round - 1) % damages.length]!
      const outcome = `${damage.what}: ${await tryOne(stage, ruin, damage, round)}`
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      if (round % 20 === 0) stage.say(`${round} damages`)
    }
    stage.figure('acknowledged before the damage', ruin.acked.size)
    for (const [outcome, count] of [...outcomes].sort()) stage.figure(outcome, count)
  },
}

async function makeRuin(stage: Stage): Promise<Ruin> {
  const folder = stage.folder()
  let server: Server = await startServer({ data: folder })
  stage.atEnd(() => server.kill('SIGKILL'))
  const { port } = server
  const load = { writers: 6, observers: 0, rooms: 3, rate: 400, isPlain: true, comeBack: 5 }
  const workload = await new Workload(stage, { port, ...load }).begin()
  const traffic = stage.size.rounds < SHORT ? BRIEF : TRAFFIC
  workload.run()
  await sleep(traffic)
  await server.kill('SIGTERM')
  const began = stage.history.now()
  server = await startServer({ data: folder, port })
  const sizes: [at: number, size: number][] = []
  const journal = join(folder, 'parlour.db-wal')
  const watch = setInterval(() => sizes.push([stage.history.now(), sizeOf(journal)]), 5)
  // Soon after its start the server empties the journal. Only what comes after that is in it, and can be lost.
  const isEmptied = () => sizes.some(([, size], n) => n > 0 && size < sizes[n - 1]![1])
  await until(isEmptied, TRAFFIC)
  await sleep(traffic)
  workload.pause()
  await Promise.all(workload.members.map((member) => member.idle()))
  const written = Date.now()
  const mark = join(folder, 'parlour.mark')
  const markedAt = () => statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0
  await until(() => markedAt() > written + ON_ITS_WAY, NOTICED)
  clearInterval(watch)
  stage.expect(sizeOf(journal) > WORTH, 'checker', 'the journal holds nothing that could be lost')
  const epoch = server.events('store.open')[0]?.epoch
  for (const member of workload.members) member.close()
  await server.kill('SIGKILL')
  const acked = new Map<string, number>()
  for (const { id, outcome, answered } of stage.history.operations) {
    if (outcome !== 'ok' || answered === null) continue
    acked.set(
      id,
      answered < began ? 0 : (sizes.find(([at]) => at >= answered)?.[1] ?? Number.POSITIVE_INFINITY),
    )
  }
  const { token, person } = workload.writers[0]!.options
  return { folder, epoch, rooms: workload.rooms, token, person, acked }
}

/** What came of it, in a few words. */
async function tryOne(stage: Stage, ruin: Ruin, damage: Damage, round: number): Promise<string> {
  const data = `${ruin.folder}-${round}`
  const path = (end: string) => join(data, `parlour${end}`)
  cpSync(ruin.folder, data, { recursive: true })
  try {
    adopt(path('.mark'), path('.db'))
    const from = damage.does(path, stage.random)
    const server = await stage.server({ data })
    const outcome = await judge(stage, ruin, damage, server, from)
    await server.kill('SIGTERM')
    const { code, stdout } = await runCommand(['check', '--data', data])
    // A changed letter in a text is seen by `check` at best.
    if (damage.isSubtle) return code === 0 ? outcome : `${outcome}, found by check`
    stage.expect(code === 0, 'R12', `${damage.what}: it started, but check says ${stdout}`)
    return outcome
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error
    const isWell =
      error.code !== 0 && error.code !== null && error.message.length > 10 && !error.message.includes(' at ')
    stage.expect(isWell, 'R12', `${damage.what}: it refused with ${error.code} and “${error.message}”`)
    return 'refused'
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

/** A copy is seen as one by its inode; here it shall pass for the original, so that only the damage counts. */
function adopt(mark: string, database: string): void {
  if (!existsSync(mark)) return
  const read = JSON.parse(readFileSync(mark, 'utf8')) as object
  writeFileSync(
    mark,
    `${JSON.stringify({ ...read, inode: String(statSync(database, { bigint: true }).ino) })}\n`,
  )
}

async function judge(
  stage: Stage,
  { acked, rooms, token, person, epoch }: Ruin,
  { what, isSubtle }: Damage,
  server: Server,
  from: number | null,
): Promise<string> {
  const history = new History()
  const reader = new Member({
    history,
    token,
    person,
    ear: 'reader',
    random: stage.random,
    port: () => server.port,
  })
  const isIn = (await within(3000, reader.start())) !== 'late'
  const looks = Promise.all(rooms.map((room) => reader.look(room)))
  const isRead = isIn && (await within(5000, looks)) !== 'late'
  reader.close()
  const found = new Set(history.readings.flatMap(({ seen }) => seen.map(({ id }) => id)))
  const missing = [...acked].filter(([id]) => !found.has(id))
  const isTold = server.events('store.loss').length > 0 && server.events('store.open')[0]?.epoch !== epoch
  if (missing.length === 0)
    return isTold ? 'started, nothing missing, but a loss was logged' : 'started, nothing missing'
  if (isSubtle) return 'started, something missing'
  stage.expect(isRead || isTold, 'R12', `${what}: it started, but cannot be read`)
  stage.expect(isTold, 'R12', `${what}: ${missing.length} missing, and nobody is told`)
  const early = missing.filter(([, size]) => from !== null && size <= from)
  stage.expect(
    early.length === 0,
    'R12',
    `${what} at ${from}: ${early.length} of before the damage are missing`,
  )
  return isTold ? 'started, told what is lost' : 'started, LOST SILENTLY'
}
