/** The server is killed at random instants while people write, and starts again at once where it was. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Server } from '../server.ts'
import { startDoomed, startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { quantile, until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms from the start of the process to the first `ok`. */
const FIRST_OK = 3000
/** Of the rounds, so many are killed before they have started. */
const EARLY = 0.15

export const kill: Scenario = {
  about: 'SIGKILL at random moments, restarted at once',
  promises: 'R1, R4–R10',
  size: { rounds: 300, seconds: 0 },
  async run(stage) {
    const { random, size } = stage
    const data = stage.folder()
    let server: Server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: 8, observers: 4, rooms: 3, rate: 1500, comeBack: 5 }
    const workload = await new Workload(stage, { port, ...load }).begin()
    workload.run()
    const firsts: number[] = []
    for (let round = 1; round <= size.rounds; round += 1) {
      await sleep(stage.between(30, 300))
      await server.kill('SIGKILL')
      while (random.chance(EARLY)) await startDoomed({ data, port }, stage.between(20, 600))
      server = await startServer({ data, port })
      const { startedAt } = server
      const isBack = await until(() => workload.lastOk > startedAt, 10_000)
      firsts.push(workload.lastOk - startedAt)
      stage.expect(
        isBack && firsts.at(-1)! <= FIRST_OK,
        'R1',
        `round ${round}: no ok within 3 s of the start`,
      )
      if (round % 10 === 0 || round === size.rounds) {
        stage.say(
          `round ${round}: ${workload.ok} acknowledged, first ok after ${firsts.at(-1)?.toFixed(0)} ms`,
        )
      }
    }
    await workload.finish()
    stage.figure('kills', size.rounds)
    stage.figure('start to first ok, ms: median', quantile(firsts, 0.5).toFixed(0))
    stage.figure('start to first ok, ms: longest', Math.max(...firsts).toFixed(0))
  },
}
