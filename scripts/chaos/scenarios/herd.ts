/** The server restarts and thousands of people come back, each by the client library’s own rules. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Chat } from '../../../client/api.ts'
import { connect } from '../../../client/node.ts'
import type { Delay } from '../preload.ts'
import type { Server } from '../server.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** ms within which 95 % and all must be back, and by which the loop may be late after the first second. */
const MOST_BACK = 15_000
const ALL_BACK = 30_000
const LATE = 200
/** ms after which a client takes its connection for stable, and forgets how often it had to come back. */
const STABLE = 30_000
/** Fewer are back so soon that a single late turn of the loop is the p99: then it is only shown. */
const CROWD = 1000
/** People who arrive at once. */
const AT_ONCE = 50

const preload = join(import.meta.dirname, '..', 'preload.ts')

export const herd: Scenario = {
  about: 'thousands of clients come back after a restart (rounds: clients; seconds: restarts)',
  promises: 'R29',
  size: { rounds: 5000, seconds: 10 },
  async run(stage) {
    const { rounds: people, seconds: restarts } = stage.size
    const data = stage.folder()
    // The whole herd stands behind one address here.
    const start = (port: number) => startServer({ data, port, preload })
    let server: Server = await start(0)
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: 4, observers: 2, rooms: 1, rate: 20, comeBack: 500, pipeline: 1 }
    const workload = await new Workload(stage, { port, ...load }).begin()
    workload.run()
    const chats = await gather(stage, port, people)
    for (let round = 1; round <= restarts; round += 1) {
      // Or they wait the longer, the more often it restarts, as they should.
      if (round > 1) await sleep(STABLE)
      const isPlanned = round % 2 === 1
      await server.kill(isPlanned ? 'SIGTERM' : 'SIGKILL')
      expectNoError(stage, server)
      const began = performance.now()
      server = await start(port)
      await sleep(1000)
      server.tell({ do: 'delay' })
      await server.told()
      const isIn = ({ status }: Chat) => status === 'connected'
      const how = isPlanned ? 'planned' : 'killed'
      const most = await until(() => chats.filter(isIn).length >= 0.95 * people, ALL_BACK)
      const mostAfter = performance.now() - began
      const all = await until(() => chats.every(isIn), Math.max(0, ALL_BACK - mostAfter))
      const allAfter = performance.now() - began
      server.tell({ do: 'delay' })
      const late = (await server.told()) as Delay
      stage.say(
        `${how}: 95 % back after ${s(mostAfter)} s, all after ${s(allAfter)} s, loop late ${late.p99.toFixed(0)} ms`,
      )
      stage.expect(most && mostAfter <= MOST_BACK, 'R29', `${how}: 95 % were back after ${s(mostAfter)} s`)
      stage.expect(
        all,
        'R29',
        `${how}: ${chats.filter((chat) => !isIn(chat)).length} were not back after 30 s`,
      )
      if (people >= CROWD)
        stage.expect(late.p99 < LATE, 'R29', `${how}: the loop was ${late.p99.toFixed(0)} ms late (p99)`)
      stage.figure(`restart ${round} (${how}): 95 % / all back, s`, `${s(mostAfter)} / ${s(allAfter)}`)
      stage.figure(
        `restart ${round} (${how}): loop late p99 / max, ms`,
        `${late.p99.toFixed(0)} / ${late.max.toFixed(0)}`,
      )
    }
    await workload.finish()
    expectNoError(stage, server)
  },
}

function expectNoError(stage: Stage, { lines }: Server): void {
  const error = lines.find(({ level }) => level === 'error')
  stage.expect(error === undefined, 'R29', `the log says ${JSON.stringify(error)}`)
}

async function gather(stage: Stage, port: number, people: number): Promise<Chat[]> {
  const chats: Chat[] = []
  while (chats.length < people) {
    const more = Math.min(AT_ONCE, people - chats.length)
    const names = Array.from({ length: more }, (_, n) => `herd${chats.length + n}`)
    chats.push(...(await Promise.all(names.map((name) => connect(`http://127.0.0.1:${port}`, { name })))))
    if (chats.length % 1000 === 0) stage.say(`${chats.length} are here`)
  }
  stage.atEnd(() => {
    for (const chat of chats) chat.close()
  })
  return chats
}

const s = (ms: number) => (ms / 1000).toFixed(1)
