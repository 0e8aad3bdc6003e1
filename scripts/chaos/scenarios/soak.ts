/** Mixed traffic for long: memory, open files and the journal must not grow. It says what it sees once a minute. */

import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { costOf } from '../../load/process.ts'
import type { Server } from '../server.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { Workload } from '../workload.ts'

/** Bytes of memory per hour, after the first share of the time; and of the journal. */
const SLOPE = 2 ** 20
const JOURNAL = 64 * 2 ** 20
/** Shares of the time after which the slope is taken. The first is the one that counts. */
const WARMING = [0.4, 0.7]
/** Share after which all garbage is collected, to see what is kept; once more at the very end. */
const SWEPT = 0.1
/** Bytes that may be kept more at the end than then. */
const KEPT = 4 * 2 ** 20
/** Below an hour the slope says little, so it is only shown. */
const LONG = 3600
const MIB = 2 ** 20
const preload = join(import.meta.dirname, '..', 'preload.ts')

interface Sample {
  /** s since the beginning. */
  at: number
  rss: number
  /** The part of it that no file stands behind: heaps, stacks, buffers. */
  own: number
  handles: number
}

export const soak: Scenario = {
  about: 'mixed traffic, people who come and go (rounds: operations a second)',
  promises: 'R31',
  size: { rounds: 30, seconds: 3600 },
  async run(stage) {
    const data = stage.folder()
    const server = await startServer({ data, preload })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 6, observers: 6, rooms: 5, rate: stage.size.rounds, comeBack: 100 }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    workload.run()
    const samples: Sample[] = []
    let journal = 0
    let kept: number | null = null
    const began = performance.now()
    const seconds = () => (performance.now() - began) / 1000
    const every = Math.max(1, Math.min(60, stage.size.seconds / 60))
    for (let due = every; due <= stage.size.seconds; due += every) {
      while (seconds() < due) {
        stage.random.pick(workload.observers).breakOff()
        await sleep(1000)
      }
      journal = Math.max(journal, statSync(join(data, 'parlour.db-wal')).size)
      const sample = { at: seconds(), rss: costOf(server.pid)?.rss ?? 0, ...partsOf(server) }
      samples.push(sample)
      if (due >= stage.size.seconds * SWEPT) kept ??= await collect(server)
      const memory = `${mib(sample.rss, 1)} MiB, ${mib(sample.own, 1)} of it its own`
      stage.say(`memory ${memory}; ${sample.handles} files; ${workload.ok} acknowledged`)
    }
    const more = (await collect(server)) - (kept ?? 0)
    const cpu = costOf(server.pid)?.cpu ?? 0
    await workload.finish()
    const [late = [], later = []] = WARMING.map((share) =>
      samples.filter(({ at }) => at >= stage.size.seconds * share),
    )
    const slope = slopeOf(late) * 3600
    const handles = late.map((sample) => sample.handles)
    const spread = Math.max(...handles) - Math.min(...handles)
    const errors = server.lines.filter(({ level }) => level === 'error')
    stage.figure(`memory slope after ${WARMING[0]} of the time, MiB per hour`, mib(slope, 2))
    stage.figure(`memory slope after ${WARMING[1]} of the time, MiB per hour`, mib(slopeOf(later) * 3600, 2))
    stage.figure('memory at first and last, MiB', `${mib(samples[0]?.rss)} → ${mib(samples.at(-1)?.rss)}`)
    stage.figure(`kept by the heap, MiB more than after ${SWEPT} of the time`, mib(more, 2))
    stage.figure('longest journal, MiB', mib(journal, 1))
    stage.figure('open files, most less fewest', spread)
    stage.figure('CPU of the server, share of a core', (cpu / seconds()).toFixed(3))
    if (stage.size.seconds >= LONG)
      stage.expect(slope < SLOPE, 'R31', `memory grows by ${mib(slope, 1)} MiB/h`)
    stage.expect(more <= KEPT, 'R31', `the heap keeps ${mib(more, 1)} MiB more: something is never let go`)
    stage.expect(journal <= JOURNAL, 'R31', `the journal grew to ${mib(journal)} MiB`)
    // Somebody may be on their way out or in at any sample.
    stage.expect(spread <= 6, 'R31', `open files differ by ${spread}`)
    stage.expect(errors.length === 0, 'R31', `the log says ${JSON.stringify(errors[0])}`)
  },
}

/** Bytes that the heap of the main thread still holds when all garbage is gone. */
async function collect(server: Server): Promise<number> {
  const told = server.told()
  server.tell({ do: 'collect' })
  return Number(await told)
}

const mib = (bytes = 0, digits = 0): string => (bytes / MIB).toFixed(digits)

function partsOf({ pid, handles }: Server): Pick<Sample, 'own' | 'handles'> {
  let own = 0
  try {
    own = Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) * 1024
  } catch {
    // There is no /proc: this part is not shown.
  }
  return { own, handles: handles ?? 0 }
}

/** Bytes per second of the line that fits best. */
function slopeOf(samples: readonly Sample[]): number {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, samples.length)
  const [at, rss] = [mean((sample) => sample.at), mean((sample) => sample.rss)]
  const variance = mean((sample) => (sample.at - at) ** 2)
  return variance === 0 ? 0 : mean((sample) => (sample.at - at) * (sample.rss - rss)) / variance
}
