/** The server is killed at random instants while people write, and starts again at once where it was. */

import { setTimeout as sleep } from 'node:timers/promises'
import { Keepsakes } from '../keepsakes.ts'
import type { Server } from '../server.ts'
import { startDoomed, startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { quantile, until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms from the start of the process to the first `ok`. */
const FIRST_OK = 3000
/** Of the rounds, so many are killed before they have started. */
const EARLY = 0.15
/** Rounds that are judged together, in rooms of their own. */
const PART = 25
/** Messages per kill, on average: a machine that is busy elsewhere gets more time for them. The last ms are chance. */
const ACKNOWLEDGED = 1000
const LATEST = 5000
/** Below so many rounds it is a short run, which waits for no number, and shares the machine with other tests. */
const SHORT = 10
/** So many wait while the server is away that each of its lives begins with a thousand messages. */
const load = { writers: 8, observers: 2, rooms: 4, rate: 8000, pipeline: 64, backlog: 150, comeBack: 20 }

export const kill: Scenario = {
  about: 'SIGKILL at random moments, restarted at once',
  promises: 'R1, R4–R10',
  size: { rounds: 1000, seconds: 0 },
  async run(stage) {
    const { rounds } = stage.size
    const data = stage.folder()
    let server: Server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const keepsakes = new Keepsakes()
    const firsts: number[] = []
    let acknowledged = 0
    const once = async (part: Stage, workload: Workload) => {
      const { random } = part
      await sleep(part.between(30, 300))
      const due = rounds < SHORT ? 0 : (firsts.length + 1) * ACKNOWLEDGED
      if (acknowledged + workload.ok < due) {
        await until(() => acknowledged + workload.ok >= due, LATEST)
        await sleep(part.between(0, 30))
      }
      await server.kill('SIGKILL')
      while (random.chance(EARLY)) await startDoomed({ data, port }, part.between(20, 600))
      server = await startServer({ data, port })
      const { startedAt } = server
      const isBack = await until(() => workload.lastOk > startedAt, 10_000)
      const first = workload.lastOk - startedAt
      firsts.push(first)
      const isInTime = isBack && (rounds < SHORT || first <= FIRST_OK)
      part.expect(isInTime, 'R1', `round ${firsts.length}: no ok within 3 s of the start`)
    }
    for (let nth = 1; firsts.length < rounds; nth += 1) {
      await stage.part(nth, async (part) => {
        const workload = await new Workload(part, { port, ...load }).begin()
        workload.run()
        for (const end = Math.min(rounds, firsts.length + PART); firsts.length < end; )
          await once(part, workload)
        await workload.finish()
        acknowledged += workload.ok
        keepsakes.keep(workload, part.history)
        const first = firsts.at(-1)?.toFixed(0)
        stage.say(`${firsts.length} kills, ${acknowledged} acknowledged, the last first ok after ${first} ms`)
      })
    }
    await keepsakes.compare(stage, port, 'R1')
    stage.figure('kills', firsts.length)
    stage.figure('acknowledged', acknowledged)
    stage.figure('messages of all parts that are there in the end', keepsakes.messages)
    stage.figure('start to first ok, ms: median', quantile(firsts, 0.5).toFixed(0))
    stage.figure('start to first ok, ms: longest', Math.max(...firsts).toFixed(0))
  },
}
