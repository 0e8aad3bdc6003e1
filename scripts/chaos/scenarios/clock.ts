/** The clock of the server is set back and forth while people write; and the whole process sleeps and wakes. */

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { Workload } from '../workload.ts'

const preload = join(import.meta.dirname, '..', 'preload.ts')
const HOUR = 3_600_000
/** ms by which the clock is off, one after the other. */
const shifts = [HOUR, -HOUR, 24 * HOUR, -24 * HOUR, 1000, -1000, 0]
/** What a person may write: at once, and per second. Somebody wants more, every so many ms. */
const BURST = 40
const PER_SECOND = 20
const GREEDY = 15

export const clock: Scenario = {
  about: 'the clock is set by an hour and a day, back and forth, and limits hold',
  promises: 'R15',
  size: { rounds: 28, seconds: 0 },
  async run(stage) {
    const flags = ['--rate-limit', `${BURST}/${PER_SECOND}`]
    const server = await startServer({ data: stage.folder(), preload, flags })
    stage.atEnd(() => server.kill('SIGKILL'))
    const workload = await begin(stage, server.port, 60)
    const greedy = await startGreedy(stage, workload)
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      server.tell({ do: 'shift', ms: shifts[round % shifts.length] })
      await sleep(stage.between(300, 1200))
      if (round % 7 === 0) stage.say(`set ${round} times, ${lost(workload)} connections lost`)
    }
    const { through, most } = greedy.stop()
    stage.expect(through <= most, 'R15', `${through} messages came through, where ${most} may`)
    // A clock set back must not keep somebody out either.
    stage.expect(through >= most / 2, 'R15', `only ${through} messages came through, where ${most} may`)
    await workload.finish()
    stage.expect(lost(workload) === 0, 'R15', `${lost(workload)} connections were lost`)
    stage.figure('of somebody who writes too much: came through, and may', `${through}, ${most}`)
    stage.figure('times the clock was set', stage.size.rounds)
    stage.figure('connections lost', lost(workload))
  },
}

/** s that the process sleeps: not so long that silence would show on the other side. */
const SLEEPS = [0.2, 1, 3, 12, 20]

export const freeze: Scenario = {
  about: 'the process is stopped for up to 20 s and goes on',
  promises: 'R15',
  size: { rounds: 10, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const workload = await begin(stage, server.port, 200)
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      const seconds = SLEEPS[(round - 1) % SLEEPS.length]!
      await server.kill('SIGSTOP')
      await sleep(seconds * 1000)
      await server.kill('SIGCONT')
      await sleep(stage.between(300, 1000))
      stage.say(`slept ${seconds} s: ${lost(workload)} connections lost, ${workload.ok} acknowledged`)
    }
    await workload.finish()
    stage.expect(lost(workload) === 0, 'R15', `${lost(workload)} connections were lost`)
    stage.figure('times asleep', stage.size.rounds)
    stage.figure('connections lost', lost(workload))
  },
}

async function begin(stage: Stage, port: number, rate: number): Promise<Workload> {
  const load = { writers: 6, observers: 20, rooms: 3, rate }
  const workload = await new Workload(stage, { port, ...load }).begin()
  workload.run()
  return workload
}

function lost(workload: Workload): number {
  return workload.members.reduce((sum, { counts }) => sum + counts.lost, 0)
}

/** Somebody who writes far more than they may, in a room of their own. */
async function startGreedy(stage: Stage, workload: Workload) {
  const member = await workload.member('greedy')
  const room = `greedy-${stage.size.seed}-room`
  await member.ask({ t: 'room.create', room, name: 'Greedy' })
  const began = performance.now()
  let [sent, through] = [0, 0]
  const timer = setInterval(async () => {
    const frame = { t: 'message.send', room, id: `greedy-${++sent}-xxxx`, body: 'more' }
    if ((await member.ask(frame)).kind === 'ok') through += 1
  }, GREEDY)
  stage.atEnd(() => clearInterval(timer))
  return {
    stop() {
      clearInterval(timer)
      return { through, most: Math.ceil(BURST + (PER_SECOND * (performance.now() - began)) / 1000) }
    },
  }
}
