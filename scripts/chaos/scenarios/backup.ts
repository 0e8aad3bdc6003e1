/** Backups are taken while people write, and each is restored: it must hold a beginning of every room, whole. */

import { rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from '../../../test/support/server.ts'
import { costOf } from '../../load/process.ts'
import { History } from '../history.ts'
import { Member } from '../member.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { within } from '../stage.ts'
import { Workload } from '../workload.ts'

/** Messages per second. */
const RATE = 200
/** Bytes of memory that a backup may take, of the server and of the command together. */
const MEMORY = 64 * 2 ** 20
const MIB = 2 ** 20
/** Messages of 8 KiB, in a room of their own, so that copying takes its time. */
const FILLERS = 8000
const AT_ONCE = 200

export const backup: Scenario = {
  about: `backups under ${RATE} messages a second, each restored and compared (rounds: backups)`,
  promises: 'R14',
  size: { rounds: 50, seconds: 0 },
  async run(stage) {
    const data = stage.folder()
    const server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 4, observers: 0, rooms: 2, rate: RATE, isPlain: true, size: 1000 }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    await fill(workload.writers[0]!, stage.size.rounds < 10 ? AT_ONCE : FILLERS)
    workload.run()
    await sleep(1000)
    let most = 0
    let messages = 0
    let size = 0
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      const file = join(data, '..', `backup-${stage.size.seed}-${round}.db`)
      const before = costOf(server.pid)?.rss ?? 0
      let peak = before
      const watch = setInterval(() => {
        peak = Math.max(peak, costOf(server.pid)?.rss ?? 0)
      }, 5)
      const acknowledged = idsOf(stage, workload)
      const { code, stderr } = await runCommand(['backup', file, '--data', data])
      clearInterval(watch)
      most = Math.max(most, peak - before)
      stage.expect(code === 0, 'R14', `backup ${round} ended with ${code}: ${stderr}`)
      size = statSync(file).size
      messages = await compare(stage, workload, file, acknowledged, round)
      rmSync(file)
      if (round % 5 === 0)
        stage.say(`${round} backups, the last with ${messages} messages, ${mib(most)} MiB more at most`)
    }
    await workload.finish()
    stage.figure('backups', stage.size.rounds)
    stage.figure('messages in the last, and MiB', `${messages}, ${mib(size)}`)
    stage.figure('memory of the server during one, MiB more at most', mib(most))
    stage.expect(most <= MEMORY, 'R14', `memory grew by ${mib(most)} MiB during a backup`)
  },
}

const mib = (bytes: number) => (bytes / MIB).toFixed(1)

const idsOf = ({ history }: Stage, { rooms }: Workload) =>
  history.operations
    .filter(({ outcome, room }) => outcome === 'ok' && rooms.includes(room))
    .map(({ id }) => id)

async function fill(writer: Member, messages: number): Promise<void> {
  const room = 'filled-up'
  await writer.ask({ t: 'room.create', room, name: 'Filled up' })
  for (let n = 0; n < messages; n += 1) {
    writer.send(room, 'x'.repeat(8192))
    if (n % AT_ONCE === 0) await writer.idle()
  }
  await writer.idle()
}

/** How many messages it holds. What was acknowledged before it began is there, and nothing between is missing. */
async function compare(
  stage: Stage,
  workload: Workload,
  file: string,
  acknowledged: readonly string[],
  round: number,
): Promise<number> {
  const data = stage.folder()
  const { code, stderr } = await runCommand(['restore', file, '--data', data])
  stage.expect(code === 0, 'R14', `restore ${round} ended with ${code}: ${stderr}`)
  const server = await stage.server({ data })
  const { person, token } = workload.writers[0]!.options
  const history = new History()
  const { random } = stage
  const reader = new Member({ history, person, token, ear: 'reader', random, port: () => server.port })
  await within(5000, reader.start())
  const there = new Map<string, number>()
  for (const room of workload.rooms) {
    stage.expect(await reader.look(room), 'R14', `backup ${round}: ${room} cannot be read`)
    const found = history.readings.at(-1)?.seen ?? []
    for (const { id, born } of found) there.set(id, born)
    // In rooms of plain messages each rev after the first message is one: a hole shows as a jump.
    const jumps = found.filter(({ born }, n) => n > 0 && born !== found[n - 1]!.born + 1)
    stage.expect(jumps.length === 0, 'R14', `backup ${round}: ${room} has holes, before ${jumps[0]?.born}`)
  }
  const missing = acknowledged.filter((id) => !there.has(id))
  stage.expect(missing.length === 0, 'R14', `backup ${round}: ${missing.length} of before it are missing`)
  reader.close()
  await server.kill('SIGTERM')
  const checked = await runCommand(['check', '--data', data])
  stage.expect(checked.code === 0, 'R14', `backup ${round}: check says ${checked.stdout}`)
  rmSync(data, { recursive: true, force: true })
  return there.size
}
