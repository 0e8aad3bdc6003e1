/** The disk is full, again and again, and then read-only: no `ok` for what is not stored, and life goes on when there is space. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Member } from '../member.ts'
import type { Server } from '../server.ts'
import { NotStarted, startServer } from '../server.ts'
import { SmallDisk } from '../small-disk.ts'
import type { Scenario, Stage } from '../stage.ts'
import { quantile, until } from '../stage.ts'
import type { Answer } from '../wire.ts'
import { Workload } from '../workload.ts'

/** Enough for what is written in all rounds, and for the 16 MiB that must be free before writing goes on. */
const MEBIBYTES = 96
/** ms within which a send is refused, and writing goes on when there is space. */
const REFUSED = 5000
const RECOVERED = 10_000

export const disk: Scenario = {
  about: 'a full disk and a read-only one',
  promises: 'R13',
  size: { rounds: 20, seconds: 0 },
  async run(stage) {
    const small = SmallDisk.mount(stage.folder(), MEBIBYTES)
    if (typeof small === 'string') {
      stage.verdict.skipped = small
      return
    }
    stage.atEnd(() => small.unmount())
    const data = join(small.folder, 'data')
    mkdirSync(data)
    const server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    let hasEnded = false
    void server.exit.then(() => {
      hasEnded = true
    })
    const load = { writers: 4, observers: 2, rooms: 2, rate: 100, pipeline: 1, isPlain: true }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    const probe = await workload.member('probe')
    const [room = ''] = workload.rooms
    await workload.enter(probe, room)
    workload.run()
    const times = { refused: [] as number[], recovered: [] as number[] }
    let deleted = 0
    for (let round = 1; round <= stage.size.rounds && !hasEnded; round += 1) {
      await sleep(500)
      const own = probe.send(room, 'to be deleted on a full disk')
      await probe.idle()
      small.fill()
      times.refused.push(await refusal(stage, probe, room))
      stage.expect(
        await probe.look(room, false),
        'R13',
        `round ${round}: the history cannot be read on a full disk`,
      )
      const answer = await probe.ask({ t: 'message.delete', room, id: own })
      if (answer.kind === 'ok') deleted += 1
      noteDeletion(stage, probe, room, own, answer)
      small.free()
      const freed = performance.now()
      const isBack = await until(() => workload.lastOk > freed || hasEnded, RECOVERED)
      stage.expect(isBack && !hasEnded, 'R13', `round ${round}: no ok within ${RECOVERED / 1000} s of space`)
      times.recovered.push(workload.lastOk - freed)
      if (round % 5 === 0) stage.say(`${round} times full, ${workload.ok} acknowledged`)
    }
    stage.expect(!hasEnded, 'R13', 'the server ended on a full disk')
    stage.expect(
      deleted === stage.size.rounds,
      'R13',
      `${deleted} of ${stage.size.rounds} deletions on a full disk`,
    )
    await workload.finish()
    await readOnly(stage, small, data, server)
    stage.figure('times full', stage.size.rounds)
    stage.figure('refused after, ms: longest', Math.max(...times.refused).toFixed(0))
    stage.figure('first ok after there was space, ms: longest', quantile(times.recovered, 1).toFixed(0))
    stage.figure('deletions that went through on a full disk', `${deleted} of ${stage.size.rounds}`)
  },
}

/** ms until a message is refused as the store cannot take it. What still fits is acknowledged before. */
async function refusal(stage: Stage, probe: Member, room: string): Promise<number> {
  const began = performance.now()
  while (performance.now() - began < REFUSED) {
    const id = `full-${performance.now().toFixed(3).replace('.', '-')}`
    const wanted = {
      what: 'send',
      who: probe.options.person,
      ear: `${probe.options.ear}!`,
      room,
      id,
    } as const
    const body = `${id} ${'x'.repeat(9000)}`
    const operation = stage.history.begin(wanted, body)
    const answer = await probe.ask({ t: 'message.send', room, id, body })
    if (answer.kind === 'ok') stage.history.end(operation, Number(Reflect.get(answer.data, 'rev')))
    if (answer.kind === 'no' && answer.code === 'unavailable') return performance.now() - began
  }
  stage.expect(false, 'R13', `no message was refused within ${REFUSED} ms on a full disk`)
  return REFUSED
}

function noteDeletion({ history }: Stage, probe: Member, room: string, id: string, answer: Answer): void {
  const { person, ear } = probe.options
  const operation = history.begin({ what: 'delete', who: person, ear, room, id }, null)
  if (answer.kind === 'ok') history.end(operation, Number(Reflect.get(answer.data, 'rev')))
}

async function readOnly(stage: Stage, small: SmallDisk, data: string, server: Server): Promise<void> {
  await server.kill('SIGTERM')
  small.makeReadOnly(true)
  try {
    const started = await startServer({ data })
    await started.kill('SIGKILL')
    stage.expect(false, 'R13', 'it started on a disk that cannot be written')
  } catch (error) {
    if (!(error instanceof NotStarted)) throw error
    const isWell = error.code !== 0 && error.code !== null && !error.message.includes('\n')
    stage.expect(isWell, 'R13', `on a read-only disk it ended with ${error.code} and “${error.message}”`)
    stage.say(`read-only: ${error.message}`)
  } finally {
    small.makeReadOnly(false)
  }
}
