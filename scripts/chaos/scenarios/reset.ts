/** All connections are reset several times a second while people write: nobody's messages may change places. */

import { setTimeout as sleep } from 'node:timers/promises'
import { openProxy } from '../proxy.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms between two resets. */
const EVERY = 200

export const reset: Scenario = {
  about: `every connection reset every ${EVERY} ms, with 8 messages of each writer on their way (rounds: resets)`,
  promises: 'R4–R6, R8–R10',
  size: { rounds: 300, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const proxy = await openProxy(() => server.port)
    stage.atEnd(() => proxy.close())
    const load = { writers: 8, observers: 2, rooms: 2, rate: 2500, comeBack: 2, dial: () => proxy.port }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    workload.run()
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      await sleep(EVERY)
      proxy.change((now) => ({ ...now, isRefused: true }))
      if (round % 50 === 0) stage.say(`${round} resets, ${workload.ok} acknowledged`)
    }
    await workload.finish()
    const { operations } = stage.history
    stage.figure('resets of all connections', stage.size.rounds)
    stage.figure('connections', proxy.accepted)
    stage.figure('messages sent', operations.filter(({ what }) => what === 'send').length)
  },
}
