/** All connections are reset several times a second while people write: nobody's messages may change places. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Operation } from '../history.ts'
import { openProxy } from '../proxy.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms between two resets. */
const EVERY = 200
/** Of each writer on their way. */
const PIPELINE = 16
/** ms without anything acknowledged, after which nothing will be. */
const PATIENCE = 10_000
/** Messages that are judged together, in rooms of their own. */
const PART = 50_000
const load = { writers: 12, observers: 2, rooms: 4, rate: 8000, pipeline: PIPELINE, comeBack: 2 }

const isDone = ({ what, outcome }: Operation) => what === 'send' && outcome === 'ok'

export const reset: Scenario = {
  about: `every connection reset every ${EVERY} ms, with ${PIPELINE} messages of each writer on their way (rounds: messages)`,
  promises: 'R4–R6, R8–R10',
  size: { rounds: 500_000, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const proxy = await openProxy(() => port)
    stage.atEnd(() => proxy.close())
    let resets = 0
    let messages = 0
    for (let nth = 1; messages < stage.size.rounds; nth += 1) {
      await stage.part(nth, async (part) => {
        const { operations } = part.history
        const enough = Math.min(PART, stage.size.rounds - messages)
        const workload = await new Workload(part, { port, dial: () => proxy.port, ...load }).begin()
        workload.run()
        let heardAt = performance.now()
        let before = 0
        do {
          const done = operations.filter(isDone).length
          if (done > before) heardAt = performance.now()
          before = done
          if (performance.now() - heardAt > PATIENCE) {
            part.expect(false, 'R5', 'nothing was acknowledged any more')
            break
          }
          await sleep(EVERY)
          proxy.change((now) => ({ ...now, isRefused: true }))
          resets += 1
        } while (operations.filter(isDone).length < enough)
        await workload.finish()
        messages += operations.filter(isDone).length
        stage.say(`${resets} resets, ${messages} messages acknowledged`)
      })
    }
    stage.figure('resets of all connections', resets)
    stage.figure('connections', proxy.accepted)
    stage.figure('messages acknowledged', messages)
  },
}
