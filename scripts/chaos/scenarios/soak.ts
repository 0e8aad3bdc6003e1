/** Mixed traffic for long: memory, open files and the journal must not grow. */

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { costOf } from '../../load/process.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { Workload } from '../workload.ts'

/** Bytes of memory per hour, after the first share of the time; and of the journal. */
const SLOPE = 2 ** 20
const JOURNAL = 64 * 2 ** 20
const WARMING = 0.4
/** Below an hour the slope says little, so it is only shown. */
const LONG = 3600
const MIB = 2 ** 20

export const soak: Scenario = {
  about: 'mixed traffic, people who come and go',
  promises: 'R31',
  size: { rounds: 0, seconds: 3600 },
  async run(stage) {
    const data = stage.folder()
    const server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 10, observers: 10, rooms: 5, rate: 100, comeBack: 100 }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    workload.run()
    const samples: { at: number; rss: number; handles: number }[] = []
    let journal = 0
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    const every = Math.max(1, Math.min(60, stage.size.seconds / 60))
    for (let due = every; due <= stage.size.seconds; due += every) {
      while (seconds() < due) {
        stage.random.pick(workload.observers).breakOff()
        await sleep(1000)
      }
      const rss = costOf(server.pid)?.rss ?? 0
      journal = Math.max(journal, statSync(join(data, 'parlour.db-wal')).size)
      samples.push({ at: seconds(), rss, handles: server.handles ?? 0 })
      const told = `memory ${(rss / MIB).toFixed(0)} MiB, ${server.handles} files, ${workload.ok} acknowledged`
      if (samples.length % 10 === 0) stage.say(told)
    }
    await workload.finish()
    const late = samples.filter(({ at }) => at >= stage.size.seconds * WARMING)
    const slope = slopeOf(late) * 3600
    const spread =
      Math.max(...late.map(({ handles }) => handles)) - Math.min(...late.map(({ handles }) => handles))
    const errors = server.lines.filter(({ level }) => level === 'error')
    stage.figure('memory slope, MiB per hour', (slope / MIB).toFixed(2))
    stage.figure('memory at the end, MiB', ((samples.at(-1)?.rss ?? 0) / MIB).toFixed(0))
    stage.figure('longest journal, MiB', (journal / MIB).toFixed(1))
    stage.figure('open files, most less fewest', spread)
    if (stage.size.seconds >= LONG)
      stage.expect(slope < SLOPE, 'R31', `memory grows by ${(slope / MIB).toFixed(1)} MiB/h`)
    stage.expect(journal <= JOURNAL, 'R31', `the journal grew to ${(journal / MIB).toFixed(0)} MiB`)
    // Somebody may be on their way out or in at any sample.
    stage.expect(spread <= 6, 'R31', `open files differ by ${spread}`)
    stage.expect(errors.length === 0, 'R31', `the log says ${JSON.stringify(errors[0])}`)
  },
}

/** Bytes per second of the line that fits best. */
function slopeOf(samples: readonly { at: number; rss: number }[]): number {
  const mean = (of: (sample: { at: number; rss: number }) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length)
  const [at, rss] = [mean((sample) => sample.at), mean((sample) => sample.rss)]
  const variance = mean((sample) => (sample.at - at) ** 2)
  return variance === 0 ? 0 : mean((sample) => (sample.at - at) * (sample.rss - rss)) / variance
}
