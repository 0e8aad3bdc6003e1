/** One person with twenty tabs, then one address with many people, flood the server: others must hardly notice. */

import { setTimeout as sleep } from 'node:timers/promises'
import { costOf } from '../../load/process.ts'
import type { Canary } from '../canary.ts'
import { startCanary } from '../canary.ts'
import type { Flooding } from '../flooder.ts'
import { Flooder } from '../flooder.ts'
import type { Scenario, Stage } from '../stage.ts'
import { quantile } from '../stage.ts'
import { logIn } from '../wire.ts'
import { Workload } from '../workload.ts'

/** ms that others may wait (p99). */
const OTHERS = 250
const CANARIES = 8
/** Who floods: people, and tabs of each. */
const floods = [
  { what: 'one person, 20 tabs', people: 1, tabs: 20, from: '127.0.0.2' },
  { what: 'one address, 60 people, 3 tabs each', people: 60, tabs: 3, from: '127.0.0.3' },
]
/** Messages in the room that they are in, so that reading it costs something. */
const MESSAGES = 2000
/** As an operator has it who sets nothing: what a person may write, and all of an address. */
const RATE = { burst: 10, perSecond: 2 }
const ADDRESS = { burst: 1000, perSecond: 200 }

export const flood: Scenario = {
  about: 'one account, then one address, flood the server with the usual limits (seconds: of both)',
  promises: 'R27',
  size: { rounds: 0, seconds: 40 },
  async run(stage) {
    const flags = ['--rate-limit', `${RATE.burst}/${RATE.perSecond}`]
    const data = stage.folder()
    const { room, code } = await furnish(stage, data)
    const server = await stage.server({ data, flags })
    const { port } = server
    const canaries: Canary[] = []
    for (let n = 0; n < CANARIES; n += 1) canaries.push(await startCanary(stage, port, 1000, `canary${n}`))
    const calm = await listen(canaries, 3000)
    stage.figure('others without a flood: p99, ms', calm.toFixed(1))
    for (const { what, people, tabs, from } of floods) {
      const tokens: string[] = []
      for (let n = 0; n < people; n += 1) tokens.push((await logIn(port, `eve${people}-${n}`)).token)
      const accepted = await acceptedBy(port)
      const before = costOf(server.pid)
      const began = performance.now()
      const flooding: Flooding = { port, from, tokens, tabs, room, code }
      const flooder = new Flooder(flooding)
      const p99 = await listen(canaries, (stage.size.seconds / floods.length) * 1000)
      const { tries, cut, refused } = await flooder.stop()
      const seconds = (performance.now() - began) / 1000
      const after = costOf(server.pid)
      stage.say(
        `${what}: others waited ${p99.toFixed(0)} ms (p99); ${tries} tries to come in, ${cut} cut off, ${refused} refused`,
      )
      stage.figure(`${what}: others p99, ms`, p99.toFixed(1))
      stage.figure(
        `${what}: CPU of the server, share of a core`,
        (((after?.cpu ?? 0) - (before?.cpu ?? 0)) / seconds).toFixed(2),
      )
      stage.figure(`${what}: MiB more`, (((after?.rss ?? 0) - (before?.rss ?? 0)) / 2 ** 20).toFixed(0))
      stage.expect(p99 <= OTHERS, 'R27', `${what}: others waited ${p99.toFixed(0)} ms (p99)`)
      // Of all their tabs no more comes through than a person, and an address, may write.
      const through = (await acceptedBy(port)) - accepted
      const each = people * (RATE.burst + RATE.perSecond * seconds)
      const most = Math.min(each, ADDRESS.burst + ADDRESS.perSecond * seconds) + CANARIES * (seconds + 10)
      stage.figure(`${what}: messages that came through, and limit`, `${through}, ${most.toFixed(0)}`)
      stage.expect(
        through <= most,
        'R27',
        `${what}: ${through} messages came through, not ${most.toFixed(0)}`,
      )
    }
    const lost = canaries.reduce((sum, canary) => sum + canary.lost, 0)
    stage.expect(lost === 0, 'R27', `${lost} connections of others were lost`)
    const errors = server.lines.filter(({ level }) => level === 'error')
    stage.expect(errors.length === 0, 'R27', `the log says ${JSON.stringify(errors[0])}`)
  },
}

/** A room with something in it, made while no limits hold. */
async function furnish(stage: Stage, data: string): Promise<{ room: string; code: string }> {
  const server = await stage.server({ data })
  const load = { writers: 1, observers: 0, rooms: 1, rate: 0, isPlain: true }
  const workload = await new Workload(stage, { port: server.port, ...load }).begin()
  const [room = ''] = workload.rooms
  const [writer] = workload.writers
  for (let n = 0; n < MESSAGES; n += 1) writer!.send(room, 'x'.repeat(500))
  await writer!.idle()
  for (const member of workload.members) member.close()
  await server.kill('SIGTERM')
  return { room, code: writer!.codes.get(room) ?? '' }
}

/** p99 of all others' answers during so many ms. */
async function listen(canaries: readonly Canary[], ms: number): Promise<number> {
  for (const { times } of canaries) times.length = 0
  await sleep(ms)
  return quantile(
    canaries.flatMap(({ times }) => times),
    0.99,
  )
}

/** Messages that were let through so far, all people together. */
async function acceptedBy(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^parlour_frames_total\{frame="message.send",outcome="ok"\} (\d+)$/m.exec(text)?.[1] ?? 0)
}
