/** Threads die, fsync fails, bugs are thrown: the server must end at once and never go on without its store. */

import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetfulDisks } from '../forgetful-disk.ts'
import type { Order } from '../preload.ts'
import type { Server } from '../server.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { until, within } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms within which it must have ended, and be back. */
const ENDED = 2000
const preload = join(import.meta.dirname, '..', 'preload.ts')

const orders: [what: string, order: Order | null][] = [
  ['the writing thread dies', { do: 'kill thread', which: 0 }],
  ['the reading thread dies', { do: 'kill thread', which: 1 }],
  ['something is thrown', { do: 'throw' }],
  ['something is rejected', { do: 'reject' }],
  ['fsync fails', null],
]

export const crash: Scenario = {
  about: 'dying threads, failing fsync, unhandled errors',
  promises: 'R34',
  size: { rounds: 50, seconds: 0 },
  async run(stage) {
    const data = stage.folder()
    const disks = forgetfulDisks((end) => stage.atEnd(end))
    const disk = typeof disks === 'string' ? null : disks(data)
    if (disk === null) stage.say(`without failing fsync: ${disks}`)
    const start = (port: number) => startServer({ data, port, preload, env: disk?.env ?? {} })
    let server: Server = await start(0)
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: 6, observers: 2, rooms: 2, rate: 500, pipeline: 1, comeBack: 20 }
    const workload = await new Workload(stage, { port, ...load }).begin()
    workload.run()
    const worst = new Map<string, number>()
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      const [what, order] = orders[(round - 1) % orders.length]!
      if (order === null && disk === null) continue
      const enough = workload.ok + stage.between(20, 150)
      await until(() => workload.ok >= enough, 1000)
      const began = performance.now()
      if (order) server.tell(order)
      else if (disk) writeFileSync(disk.failing, '')
      const code = await within(ENDED + 3000, server.exit)
      const took = performance.now() - began
      worst.set(what, Math.max(took, worst.get(what) ?? 0))
      stage.expect(code !== 'late', 'R34', `${what}: it was still there after 5 s`)
      if (code !== 'late')
        stage.expect(code !== 0 && took <= ENDED, 'R34', `${what}: ${code} after ${took.toFixed(0)} ms`)
      await server.kill('SIGKILL')
      if (disk) rmSync(disk.failing, { force: true })
      server = await start(port)
      const { startedAt } = server
      stage.expect(
        await until(() => workload.lastOk > startedAt, 10_000),
        'R34',
        `${what}: no ok after the restart`,
      )
      if (round % 10 === 0) stage.say(`${round} crashes, ${workload.ok} acknowledged`)
    }
    await workload.finish()
    for (const [what, took] of worst) stage.figure(`${what}: ended after, ms at most`, took.toFixed(0))
  },
}
