/** Two hundred people behind a bad network: everything must be well once it is good again, and nobody may loop. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Chat, OpenRoom } from '../../../client/api.ts'
import { connect } from '../../../client/node.ts'
import type { Random } from '../../../test/support/random.ts'
import { check } from '../checker.ts'
import type { Operation, Seen } from '../history.ts'
import type { Weather } from '../proxy.ts'
import { fair, openProxy } from '../proxy.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until } from '../stage.ts'
import { Workload } from '../workload.ts'

/** People with the client library, and instances that heal nothing. */
const PEOPLE = 200
/** ms within which all are back; a hole that swallows everything shows after 45 s of silence and a probe. */
const BACK = 90_000
/** ms of quiet in which nobody may connect again. */
const QUIET = 5000

export const network: Scenario = {
  about: `${PEOPLE} clients of the library behind a proxy that delays, slices, swallows, resets and refuses`,
  promises: 'R4–R8, R10',
  size: { rounds: 20, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const proxy = await openProxy(() => server.port)
    stage.atEnd(() => proxy.close())
    const dial = () => proxy.port
    const load = { writers: 8, observers: 4, rooms: 2, rate: 100, comeBack: 200, dial }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    const people: Guest[] = []
    for (let n = 0; n < PEOPLE; n += 1) people.push(await arrive(stage, workload, proxy.port, n))
    workload.run()
    for (let round = 1; round <= stage.size.rounds; round += 1) {
      proxy.weather = () => badWeather(stage.random)
      proxy.change((now) => (stage.random.chance(0.3) ? badWeather(stage.random) : now))
      for (let talk = 0; talk < 40; talk += 1) {
        stage.random.pick(people).send()
        await sleep(50)
      }
      const lost = people.filter(({ chat }) => chat.status !== 'connected').length
      stage.say(
        `round ${round}: ${lost} of ${PEOPLE} without a connection, ${proxy.accepted} connections so far`,
      )
    }
    proxy.weather = () => ({ ...fair })
    proxy.change((now) =>
      now.isHeldUp && stage.random.chance(0.5) ? { ...now, isRefused: true } : { ...fair },
    )
    const since = performance.now()
    const isBack = () => people.every(({ chat }) => chat.status === 'connected' && chat.pending.length === 0)
    await until(isBack, BACK)
    const lost = people.filter(({ chat }) => chat.status !== 'connected')
    const why = lost.map(({ chat }) => chat.ended?.why ?? chat.status)
    stage.expect(isBack(), 'R8', `${lost.length} did not come back: ${why.join('; ')}`)
    stage.figure('all back and answered after, s', ((performance.now() - since) / 1000).toFixed(1))
    await workload.finish()
    for (const guest of people) guest.remember(stage)
    await workload.writers[0]?.look(workload.rooms[0] ?? '')
    stage.verdict.faults = check(stage.history)
    const before = proxy.accepted
    await sleep(QUIET)
    stage.expect(
      proxy.accepted === before,
      'R8',
      `${proxy.accepted - before} connections in ${QUIET} quiet ms`,
    )
    stage.figure('connections in all', proxy.accepted)
    stage.figure(
      'sent by the library',
      people.reduce((sum, { sent }) => sum + sent, 0),
    )
  },
}

interface Guest {
  chat: Chat
  sent: number
  send(): void
  /** Writes down what the library shows in the end. */
  remember(stage: Stage): void
}

async function arrive(stage: Stage, workload: Workload, port: number, n: number): Promise<Guest> {
  const { history } = stage
  const ear = `guest${n}`
  const room = workload.rooms[n % workload.rooms.length] ?? ''
  const chat = await connect(`http://127.0.0.1:${port}`, { name: `${ear}-${stage.size.seed}` })
  stage.atEnd(() => chat.close())
  const person = chat.me.id
  history.enter(person, room)
  await chat.join(workload.writers[0]?.codes.get(room) ?? '')
  const open = await chat.open(room).ready()
  let told = newestOf(open)
  history.read({ ...whole(stage, ear, person, open), how: 'live', isReset: true, from: oldestOf(open) })
  open.on('reset', () => {
    told = 0
  })
  const hear = (from: number, rev: number, seen: Seen[], gone: string[] = []) => {
    const now = history.now()
    const who = { ear, person, room, session: 1, begun: now, at: now }
    history.read({ ...who, how: 'live', from, rev, isReset: told === 0, seen, gone })
  }
  open.on('message', (message) => {
    // The library says nothing of revs: each message is taken to follow the last one directly.
    hear(told === 0 ? message.born - 1 : told, message.born, [history.see(message)])
    told = message.born
  })
  open.on('edited', (message) => told > 0 && hear(told, told, [history.see(message)]))
  open.on('deleted', (id) => told > 0 && hear(told, told, [], [id]))
  const guest: Guest = {
    chat,
    sent: 0,
    send() {
      const number = ++guest.sent
      const body = `${ear} says ${number}`
      const { id, stored } = open.send(body)
      const wanted: Operation = history.begin({ what: 'send', who: person, ear, room, id }, body)
      stored.then(
        ({ rev }) => history.end(wanted, rev),
        () => history.end(wanted, null),
      )
    },
    remember: (on) => on.history.read(whole(on, `${ear}~`, person, open)),
  }
  return guest
}

function whole({ history }: Stage, ear: string, person: string, open: OpenRoom) {
  const now = history.now()
  const seen = open.timeline().flatMap(({ record, state }) => {
    return record.type === 'message' && state === 'stored' ? [history.see(record)] : []
  })
  return {
    ...{ ear, person, room: open.id, session: 1, begun: now, at: now, gone: [], isReset: false, seen },
    how: 'history' as const,
    from: Math.max(1, oldestOf(open)),
    rev: newestOf(open),
  }
}

/** The timeline is complete after this place. */
function oldestOf(open: OpenRoom): number {
  const born = open.timeline()[0]?.record.born ?? Number.POSITIVE_INFINITY
  return Number.isFinite(born) ? born - 1 : 0
}

function newestOf(open: OpenRoom): number {
  const stored = open.timeline().filter(({ state }) => state === 'stored')
  return stored.at(-1)?.record.born ?? 0
}

function badWeather(random: Random): Weather {
  const bad: Partial<Weather>[] = [
    {},
    { latency: random.below(300) },
    { rate: 2000 + random.below(50_000) },
    { slices: 64 },
    { isHeldUp: true },
    { isHeldDown: true },
    { isHeldUp: true, isHeldDown: true },
    { resetAfter: random.below(20_000) },
    { resetAfter: random.below(600) },
    { isRefused: true },
  ]
  return { ...fair, ...random.pick(bad) }
}
