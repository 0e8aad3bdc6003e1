/** An old backup is put in the place of the data, in every way people do it: clients from the future must begin anew. */

import { copyFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { runCommand } from '../../../test/support/server.ts'
import type { Server } from '../server.ts'
import { startServer } from '../server.ts'
import { SlowReader } from '../slow-reader.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import { logIn } from '../wire.ts'
import { Workload } from '../workload.ts'

const READERS = 200

export const restore: Scenario = {
  about: `an old backup comes back, and ${READERS} clients know more than it`,
  promises: 'R11, R14',
  size: { rounds: 6, seconds: 0 },
  async run(stage) {
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      // By our own command while it runs, or by copying the file while it is stopped.
      const byCommand = round % 2 === 1
      // As many messages after as were lost: the same revs stand for other messages then.
      const isOvertaken = round % 4 >= 2
      await once(stage, byCommand, isOvertaken, round)
    }
    stage.figure('restores', stage.size.rounds)
    stage.figure('clients each', READERS)
  },
}

async function once(stage: Stage, byCommand: boolean, isOvertaken: boolean, round: number): Promise<void> {
  const data = stage.folder()
  const backup = join(stage.folder(), 'backup.db')
  let server: Server = await startServer({ data })
  stage.atEnd(() => server.kill('SIGKILL'))
  const { port } = server
  const load = { writers: 2, observers: 0, rooms: 1, rate: 200, isPlain: true, comeBack: 20 }
  const workload = await new Workload(stage, { port, ...load }).begin()
  const [room = ''] = workload.rooms
  const [writer] = workload.writers
  const readers: SlowReader[] = []
  for (let n = 0; n < READERS; n += 1) {
    const reader = new SlowReader(port, (await logIn(port, `reader${n}`)).token, room)
    stage.atEnd(() => reader.end())
    await reader.connect(writer!.codes.get(room))
    readers.push(reader)
  }
  workload.run()
  await sleep(500)
  if (byCommand) {
    const { code, stderr } = await runCommand(['backup', backup, '--data', data])
    stage.expect(code === 0, 'R14', `backup ended with ${code}: ${stderr}`)
  } else {
    await server.kill('SIGTERM')
    copyFileSync(join(data, 'parlour.db'), backup)
    server = await startServer({ data, port })
    await Promise.all(readers.map((reader) => reader.connect()))
  }
  await sleep(1500)
  workload.pause()
  await Promise.all(workload.members.map((member) => member.idle()))
  await until(() => readers.every(({ rev }) => rev === writer!.revOf(room)), 10_000)
  const rev = writer!.revOf(room)
  const resets = readers.map((reader) => reader.resets)
  // The writers of before would bring messages of their own; others shall.
  for (const member of workload.members) member.close()
  await server.kill('SIGTERM')
  if (byCommand) {
    const { code, stderr } = await runCommand(['restore', backup, '--data', data])
    stage.expect(code === 0, 'R14', `restore ended with ${code}: ${stderr}`)
  } else {
    for (const end of ['-wal', '-shm']) rmSync(join(data, `parlour.db${end}`), { force: true })
    copyFileSync(backup, join(data, 'parlour.db'))
  }
  server = await startServer({ data, port })
  if (isOvertaken) await overtake(stage, workload, port, room, rev)
  await Promise.all(readers.map((reader) => reader.connect()))
  const told = readers.filter((reader, n) => reader.resets > resets[n]!).length
  const how = `${byCommand ? 'by command' : 'by copying'}${isOvertaken ? ', overtaken' : ''}`
  stage.expect(told === READERS, 'R11', `${how}: ${READERS - told} of ${READERS} clients were not told`)
  stage.say(`restore ${round} (${how}): ${told} of ${READERS} clients were told to begin anew`)
  for (const reader of readers) reader.end()
  await server.kill('SIGKILL')
}

/** Writes in the restored room until its clock is past where it was. */
async function overtake(
  stage: Stage,
  workload: Workload,
  port: number,
  room: string,
  rev: number,
): Promise<void> {
  const [old] = workload.writers
  const late = new SlowReader(port, old!.options.token, room)
  stage.atEnd(() => late.end())
  await late.connect()
  for (let n = 0; late.rev <= rev + 5; n += 1) await late.say(`late-${n}-${port}`)
  late.end()
}
