/** Readers stop reading while 60 MiB pass through their room: memory stays bounded, nobody else suffers, nothing is missing. */

import { setTimeout as sleep } from 'node:timers/promises'
import { costOf, forgetPeak, peakOf } from '../../load/process.ts'
import { startCanary } from '../canary.ts'
import { startServer } from '../server.ts'
import { SlowReader } from '../slow-reader.ts'
import type { Scenario } from '../stage.ts'
import { until } from '../stage.ts'
import { logIn } from '../wire.ts'
import { Workload } from '../workload.ts'

/** Readers that stop, and those that never do. */
const READERS = 500
const HEALTHY = 10
const ARRIVING = 10
/** Bytes of a message, and of all. */
const BODY = 9900
const VOLUME = 60 * 2 ** 20
/** Bytes of growth that are allowed, whatever the number of readers. */
const GROWTH = 96 * 2 ** 20
/**
 * s after which half of the readers go on: before they are missed as silent. All others are cut
 * 60 s after the system took the last of what it can hold for them. */
const GO_ON = 18
const CUT = 75
/** s for all who were cut to get what they missed. */
const BACK = 120
/** Readers that ask for long answers and never read them, and what each asks. */
const GREEDY = 20
const QUESTIONS = 200

export const slow: Scenario = {
  about: `${READERS} readers stop reading while 60 MiB pass`,
  promises: 'R22, R23',
  size: { rounds: 0, seconds: 60 },
  async run(stage) {
    const { seconds } = stage.size
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: 1, observers: 0, rooms: 1, rate: 0, isPlain: true }
    const workload = await new Workload(stage, { port, ...load }).begin()
    const [writer] = workload.writers
    const [room = ''] = workload.rooms
    const code = writer!.codes.get(room) ?? ''
    const readers: SlowReader[] = []
    const arrive = async (n: number) => {
      const reader = new SlowReader(port, (await logIn(port, `reader${n}`)).token, room)
      stage.atEnd(() => reader.end())
      await reader.connect(code)
      readers.push(reader)
    }
    for (let n = 0; n < READERS + HEALTHY; n += ARRIVING)
      await Promise.all(Array.from({ length: ARRIVING }, (_, m) => arrive(n + m)))
    const healthy = readers.slice(0, HEALTHY)
    const stalled = readers.slice(HEALTHY)
    const patient = stalled.slice(0, READERS / 2)
    const cut = stalled.slice(READERS / 2)
    const canary = await startCanary(stage, port)
    await sleep(2000)
    const rss = () => costOf(server.pid)?.rss ?? 0
    const baseline = rss()
    for (const reader of stalled) reader.stop()
    const stoppedAt = performance.now()
    const elapsed = () => (performance.now() - stoppedAt) / 1000
    // Not looked at from here: this process is at times too busy with reading to see it.
    forgetPeak(server.pid)
    const growth = () => (peakOf(server.pid) ?? 0) - baseline
    const handles = server.handles ?? 0
    const count = Math.ceil(VOLUME / BODY)
    for (let sent = 0, hasGoneOn = false; sent < count || !hasGoneOn; ) {
      const due = Math.min(count, Math.ceil((elapsed() / seconds) * count))
      for (; sent < due && writer!.waiting < 32; sent += 1) writer!.send(room, 'x'.repeat(BODY))
      await sleep(20)
      if (hasGoneOn || elapsed() < GO_ON) continue
      hasGoneOn = true
      for (const reader of patient) reader.goOn()
      stage.say(
        `${elapsed().toFixed(0)} s: ${mib(rss() - baseline)} MiB more than at first; half go on reading`,
      )
    }
    const isLevel = (some: SlowReader[]) =>
      some.every(({ rev, isClosed }) => !isClosed && rev === writer!.revOf(room))
    const patientBack = await until(() => isLevel(patient), 30_000)
    stage.expect(patientBack, 'R22', 'who went on reading did not catch up')
    stage.say(
      `${elapsed().toFixed(0)} s: 60 MiB are through, those are level: ${patientBack}; the others wait to be cut`,
    )
    // A socket that is not read does not even notice its end: what the server holds is what counts.
    const held = () => Math.max(0, (server.handles ?? 0) - (handles - cut.length))
    await until(() => held() === 0, Math.max(0, (CUT - elapsed()) * 1000))
    stage.expect(
      held() === 0,
      'R23',
      `${held()} of ${cut.length} were not cut after ${elapsed().toFixed(0)} s`,
    )
    stage.figure('all stalled ones were cut after, s', `at most ${Math.max(elapsed(), GO_ON).toFixed(0)}`)
    stage.figure('most growth while they did not read, MiB', mib(growth()))
    for (const reader of cut) reader.goOn()
    stage.expect(
      await until(() => isLevel(readers), BACK * 1000),
      'R22',
      'not everybody caught up after being cut',
    )
    stage.say(`${elapsed().toFixed(0)} s: all have come back and are level`)
    const codes = Map.groupBy(
      stalled.flatMap((reader) => reader.codes),
      (one) => one,
    )
    for (const [one, times] of codes) stage.figure(`closed with ${one}`, times.length)
    const grown = growth()
    const before = rss()
    stage.figure('most growth when all had come back, MiB', mib(grown))
    stage.figure('growth when all had come back, MiB', mib(before - baseline))
    const greedy = await Promise.all(cut.slice(0, GREEDY).map(async (reader) => reader.ask(QUESTIONS)))
    await sleep(5000)
    stage.figure(`growth by ${greedy.length} who ask and do not read, MiB`, mib(rss() - before))
    stage.say(`${greedy.length} asked ${QUESTIONS} times for 2 MiB each: ${mib(rss() - before)} MiB more`)
    for (const reader of cut.slice(0, GREEDY)) reader.end()
    canary.stop()
    await workload.finish()
    const sum = (of: SlowReader[], what: 'gaps' | 'misplaced' | 'resets') =>
      of.reduce((all, one) => all + one[what], 0)
    stage.expect(
      sum(readers, 'gaps') + sum(readers, 'misplaced') === 0,
      'R22',
      'somebody missed or repeated a message',
    )
    stage.expect(grown <= GROWTH, 'R22', `memory grew by ${mib(grown)} MiB`)
    stage.expect(
      healthy.every(({ isClosed }) => !isClosed),
      'R22',
      'a healthy reader was cut',
    )
    stage.expect(
      canary.p99 < 250 && canary.lost === 0,
      'R22',
      `the canary waited ${canary.p99.toFixed(0)} ms`,
    )
    stage.figure('memory at first, MiB', mib(baseline))
    stage.figure('fresh windows instead of every message', sum(readers, 'resets') - readers.length)
    stage.figure('canary p99, ms', canary.p99.toFixed(1))
  },
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0)
