/** Power is cut at random instants: with FULL nothing acknowledged is lost; with NORMAL the checker must see losses. */

import { setTimeout as sleep } from 'node:timers/promises'
import { forgetfulDisks } from '../forgetful-disk.ts'
import type { Server } from '../server.ts'
import { NotStarted, startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** Chances of an unsynced sector to survive: a cut of each kind, one after the other. */
const SURVIVES = [0, 0.3, 0.7, 1, 0]
/** Messages that a cut finds at least, and ms that it waits for them. */
const WORTH = 20
const LATEST = 2000

export const power: Scenario = {
  about: 'only what was fsynced survives, and by chance some of the rest',
  promises: 'R2, R3',
  size: { rounds: 200, seconds: 0 },
  run: (stage) => cut(stage, 'full'),
}

export const proof: Scenario = {
  about: 'the same with --synchronous normal: the checker must find what is lost',
  promises: 'of the checker itself',
  size: { rounds: 20, seconds: 0 },
  async run(stage) {
    await cut(stage, 'normal')
    const { verdict } = stage
    const lost = verdict.faults.counts.get('lost') ?? 0
    stage.figure('acknowledged, but lost, as it must be', lost)
    // Here the fault is what is wanted: what follows a loss (other revs, new places) is no news.
    verdict.faults.counts.clear()
    verdict.faults.examples.length = 0
    stage.expect(lost > 0, 'checker', 'no loss was found where there must be some')
  },
}

async function cut(stage: Stage, synchronous: 'full' | 'normal'): Promise<void> {
  const disks = forgetfulDisks((end) => stage.atEnd(end))
  if (typeof disks === 'string') {
    stage.verdict.skipped = disks
    return
  }
  const data = stage.folder()
  const disk = disks(data)
  const flags = ['--synchronous', synchronous]
  const start = (port: number) => startServer({ data, port, flags, env: disk.env })
  let server: Server = await start(0)
  stage.atEnd(() => server.kill('SIGKILL'))
  const { port } = server
  const load = { writers: 8, observers: 2, rooms: 3, rate: 1500, comeBack: 20, size: 2000 }
  const workload = await new Workload(stage, { port, ...load }).begin()
  // Who takes part is on disk before the first cut: with NORMAL even people would be lost, and nobody left to look.
  await server.kill('SIGTERM')
  server = await start(port)
  workload.run()
  let epochs = 0
  for (let round = 1; round <= stage.size.rounds; round += 1) {
    const enough = workload.ok + WORTH
    await sleep(stage.between(30, 400))
    await until(() => workload.ok >= enough, LATEST)
    await server.kill('SIGKILL')
    disk.losePower(stage.random, SURVIVES[(round - 1) % SURVIVES.length]!)
    try {
      server = await start(port)
    } catch (error) {
      if (!(error instanceof NotStarted)) throw error
      stage.expect(false, 'R2', `round ${round}: it did not start again: ${error.message}`)
      workload.pause()
      return
    }
    if (server.events('store.loss').length + server.events('store.new_epoch').length > 0) epochs += 1
    const { startedAt } = server
    await until(() => workload.lastOk > startedAt, 10_000)
    if (round % 10 === 0) stage.say(`cut ${round}: ${workload.ok} acknowledged`)
  }
  await workload.finish()
  stage.figure('power cuts', stage.size.rounds)
  stage.figure('cuts after which a new epoch began', epochs)
}
