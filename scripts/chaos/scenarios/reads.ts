/** Twenty people walk through the history of a long room while others write: nobody waits, and the journal stays short. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { fillRooms } from '../../bench/fill.ts'
import { costOf } from '../../load/process.ts'
import { startCanary } from '../canary.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { quantile } from '../stage.ts'
import { Walker } from '../walker.ts'
import { logIn } from '../wire.ts'
import { Workload } from '../workload.ts'

const WALKERS = 20
/** ms between two looks at our own loop. */
const RESOLUTION = 10
/** s that the loop may be late (p99), ms that the canary may wait, bytes of the journal. */
const LATE = 0.05
/** Below so many messages it is a short run beside other tests: there the loop may be as late as our own is. */
const SHORT = 100_000
const PATIENCE = 250
const JOURNAL = 64 * 2 ** 20
/** Messages per second that others write meanwhile. */
const RATE = 100

export const reads: Scenario = {
  about: `${WALKERS} people read the history of a long room (rounds: its messages)`,
  promises: 'R32',
  size: { rounds: 1_000_000, seconds: 30 },
  async run(stage) {
    const { rounds: size, seconds } = stage.size
    const data = stage.folder()
    const first = await stage.server({ data })
    const { port } = first
    const { person, token } = await logIn(port, 'walker')
    const owner = await new Walker(port, token).arrive()
    const room = `long-${stage.size.seed}`
    const rev = await owner.found(room)
    owner.leave()
    await first.kill('SIGTERM')
    const began = performance.now()
    // Nobody sent these, so the history that is checked knows nothing of this room.
    await fillRooms(data, person, [{ room, size, rev }])
    stage.say(`${size} messages written in ${((performance.now() - began) / 1000).toFixed(0)} s`)
    const server = await startServer({ data, port })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 4, observers: 4, rooms: 2, rate: RATE }
    const workload = await new Workload(stage, { port, ...load }).begin()
    workload.run()
    const canary = await startCanary(stage, port, 100)
    const walkers = await Promise.all(Array.from({ length: WALKERS }, () => new Walker(port, token).arrive()))
    stage.atEnd(() => walkers.map((walker) => walker.leave()))
    await sleep(Math.min(10, seconds) * 1000)
    const calm = await lateness(port)
    const calmly = quantile(canary.times.splice(0), 0.99)
    const rss = costOf(server.pid)?.rss ?? 0
    let journal = 0
    const watch = setInterval(() => {
      journal = Math.max(journal, statSync(join(data, 'parlour.db-wal')).size)
    }, 100)
    stage.atEnd(() => clearInterval(watch))
    const own = monitorEventLoopDelay({ resolution: RESOLUTION })
    own.enable()
    const end = performance.now() + seconds * 1000
    const walks = walkers.map((walker, n) =>
      walker.walk(room, rev + Math.ceil((size * (n + 1)) / WALKERS), end),
    )
    await Promise.all(walks)
    const late = await lateness(port)
    const grown = (costOf(server.pid)?.rss ?? 0) - rss
    clearInterval(watch)
    canary.stop()
    await workload.finish()
    const sum = (what: 'pages' | 'messages' | 'misplaced') => walkers.reduce((all, one) => all + one[what], 0)
    stage.expect(
      sum('pages') > 0 && sum('misplaced') === 0,
      'R32',
      `${sum('misplaced')} messages out of place`,
    )
    const ours = own.percentile(99) / 1e9 - RESOLUTION / 1000
    const bound = size < SHORT ? Math.max(LATE, ours) : LATE
    stage.expect(late.p99 <= bound, 'R32', `the loop was late by ${ms(late.p99)} ms`)
    stage.expect(journal <= JOURNAL, 'R32', `the journal grew to ${mib(journal)} MiB`)
    stage.expect(canary.p99 < PATIENCE, 'R32', `the canary waited ${canary.p99.toFixed(0)} ms`)
    stage.figure('messages of the room', size)
    stage.figure('pages read per second', (sum('pages') / seconds).toFixed(0))
    stage.figure('messages read', sum('messages'))
    const times = walkers.flatMap((walker) => walker.times)
    stage.figure('a page took, p99, ms', quantile(times, 0.99).toFixed(0))
    // They share two cores with the server, and a page takes them as long as they are late.
    stage.figure('loop of the readers late, p99, ms', ms(ours))
    stage.figure('loop late before, p99 and most, ms', `${ms(calm.p99)}, ${ms(calm.most)}`)
    stage.figure('loop late meanwhile, p99 and most, ms', `${ms(late.p99)}, ${ms(late.most)}`)
    stage.figure('longest journal, MiB', mib(journal))
    stage.figure('memory, MiB more', mib(grown))
    stage.figure('canary p99 before and meanwhile, ms', `${calmly.toFixed(1)}, ${canary.p99.toFixed(1)}`)
  },
}

/** How late the loop was since the last look, s, as `/metrics` tells. */
async function lateness(port: number): Promise<{ p99: number; most: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(10_000) })
  const text = await response.text()
  const of = (quantile: string) =>
    Number(new RegExp(`^parlour_loop_delay_seconds\\{quantile="${quantile}"\\} (\\S+)$`, 'm').exec(text)?.[1])
  return { p99: of('0.99'), most: of('1') }
}

const ms = (seconds: number) => (seconds * 1000).toFixed(1)
const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(1)
