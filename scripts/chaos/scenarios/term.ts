/** The server is asked to stop while people write: each frame is answered or its connection closed, and nothing is lost. */

import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms within which it must have gone. */
const GONE = 10_000

export const term: Scenario = {
  about: 'SIGTERM under load, and a second one that forces',
  promises: 'R30',
  size: { rounds: 100, seconds: 0 },
  async run(stage) {
    const data = stage.folder()
    let server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    // One at a time: a `no` while it stops must not let the next message overtake.
    const load = { writers: 12, observers: 12, rooms: 3, rate: 800, pipeline: 1, comeBack: 50 }
    const workload = await new Workload(stage, { port, ...load }).begin()
    workload.run()
    let slowest = 0
    let odd = 0
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      const enough = workload.ok + stage.between(20, 200)
      await until(() => workload.ok >= enough, 1000)
      const isForced = round % 10 === 0
      const before = closes(workload)
      const byes = workload.members.reduce((sum, { counts }) => sum + counts.bye, 0)
      const here = workload.members.filter(({ isIn }) => isIn).length
      const began = performance.now()
      const gone = server.kill('SIGTERM')
      if (isForced) void server.kill('SIGINT')
      const code = await gone
      const took = performance.now() - began
      slowest = Math.max(slowest, took)
      stage.expect(took <= GONE, 'R30', `round ${round}: it took ${took.toFixed(0)} ms to stop`)
      if (!isForced) {
        stage.expect(code === 0, 'R30', `round ${round}: exit code ${code}`)
        await sleep(20)
        const restart = closes(workload) - before
        const told = workload.members.reduce((sum, { counts }) => sum + counts.bye, 0) - byes
        if (restart < here || told < here) odd += 1
        stage.expect(restart >= here, 'R30', `round ${round}: ${restart} of ${here} were closed with 1012`)
        stage.expect(told >= here, 'R30', `round ${round}: ${told} of ${here} heard bye`)
      }
      server = await startServer({ data, port })
      await Promise.all(workload.members.map((member) => member.connected()))
      if (round % 5 === 0)
        stage.say(`round ${round}: ${workload.ok} acknowledged, slowest stop ${slowest.toFixed(0)} ms`)
    }
    await workload.finish()
    stage.figure('stops', stage.size.rounds)
    stage.figure('slowest stop, ms', slowest.toFixed(0))
    stage.figure('stops in which somebody was not told', odd)
  },
}

function closes(workload: Workload): number {
  return workload.members.reduce((sum, member) => sum + (member.closes.get(1012) ?? 0), 0)
}
