/** Cases A, B and C: traffic, side by side with the bare server. */

import type { Patience } from './calm.ts'
import { duel, median } from './duel.ts'
import type { Outcome } from './job.ts'
import type { Row } from './row.ts'
import { count, faultsOf, ms, times } from './row.ts'

export interface Scale {
  rounds: number
  /** ms. */
  warmUp: number
  measure: number
  /** For other programs to end. */
  patience: Patience
}

const perSecond = (outcome: Outcome): number => outcome.deliveries / outcome.seconds
const perMillion = (outcome: Outcome): number => (outcome.serverCpu / Math.max(1, outcome.deliveries)) * 1e6
const percent = (cpu: number, { seconds }: Outcome): string => `${((cpu / seconds) * 100).toFixed(0)} %`
const generator = (ours: Outcome, bare: Outcome): string =>
  `CPU of the generator: ${percent(ours.generatorCpu, ours)} with ours, ${percent(bare.generatorCpu, bare)} with bare.`

/** A thousand in one room, as fast as it goes. */
export async function crowd({ rounds, warmUp, measure, patience }: Scale): Promise<Row[]> {
  const both = await duel(
    { do: 'flood', rooms: 1, people: 1000, inFlight: 64, each: 1, warmUp, measure },
    rounds,
    patience,
  )
  const fast = { ours: median(both.ours, perSecond), bare: median(both.bare, perSecond) }
  const cheap = { ours: median(both.ours, perMillion), bare: median(both.bare, perMillion) }
  const ratio = perSecond(fast.ours) / perSecond(fast.bare)
  const saved = perMillion(cheap.bare) / perMillion(cheap.ours)
  return [
    {
      what: 'A: 1,000 in one room, 64 in flight: deliveries per second',
      ours: count(perSecond(fast.ours)),
      bare: count(perSecond(fast.bare)),
      ratio: times(ratio),
      wanted: '≥ 40 ×',
      isReached: ratio >= 40,
      notes: [
        `Ours puts ${(fast.ours.perFrame ?? 1).toFixed(0)} messages into a frame.`,
        generator(fast.ours, fast.bare),
        ...faultsOf(both),
      ],
    },
    {
      what: 'A: server CPU seconds per million deliveries',
      ours: perMillion(cheap.ours).toFixed(3),
      bare: perMillion(cheap.bare).toFixed(3),
      ratio: times(saved),
      wanted: '≥ 40 ×',
      isReached: saved >= 40,
      notes: [],
    },
  ]
}

/** The same people at fifty messages a second. */
export async function steady({ rounds, warmUp, measure, patience }: Scale): Promise<Row[]> {
  const both = await duel({ do: 'pace', rooms: 1, people: 1000, rate: 50, warmUp, measure }, rounds, patience)
  const late = (outcome: Outcome): number => outcome.p99 ?? Number.POSITIVE_INFINITY
  const p99 = { ours: median(both.ours, late), bare: median(both.bare, late) }
  const busy = (outcome: Outcome): number => outcome.serverCpu / outcome.seconds
  const cpu = { ours: median(both.ours, busy), bare: median(both.bare, busy) }
  return [
    {
      what: 'B: 1,000 in one room, 50 messages a second: latency p50 / p99',
      ours: `${ms(p99.ours.p50)} / ${ms(p99.ours.p99)}`,
      bare: `${ms(p99.bare.p50)} / ${ms(p99.bare.p99)}`,
      ratio: times(late(p99.ours) / late(p99.bare)),
      wanted: 'p99 ≤ 1 ×',
      isReached: late(p99.ours) <= late(p99.bare),
      notes: [generator(p99.ours, p99.bare), ...faultsOf(both)],
    },
    {
      what: 'B: server CPU',
      ours: percent(cpu.ours.serverCpu, cpu.ours),
      bare: percent(cpu.bare.serverCpu, cpu.bare),
      ratio: times(busy(cpu.ours) / busy(cpu.bare)),
      wanted: '≤ 1 ×',
      isReached: busy(cpu.ours) <= busy(cpu.bare),
      notes: [],
    },
  ]
}

/** Many small rooms, everybody talking: each waits for their last message, or goes on as fast as it goes. */
export async function many(scale: Scale): Promise<Row[]> {
  const rows: Row[] = []
  // More would be refused: 2,000 frames may wait for the disk.
  rows.push(
    await small(
      scale,
      9,
      3,
      'C: 200 rooms of 5, as fast as it goes, 9 in flight per room: messages per second',
    ),
  )
  rows.push(await small(scale, 5, 1, 'C: 200 rooms of 5, each person one at a time: messages per second'))
  return rows
}

async function small(scale: Scale, inFlight: number, each: number, what: string): Promise<Row> {
  const { rounds, warmUp, measure, patience } = scale
  const job = { do: 'flood', rooms: 200, people: 5, inFlight, each, warmUp, measure } as const
  const both = await duel(job, rounds, patience)
  const rate = (outcome: Outcome): number => outcome.messages / outcome.seconds
  const ours = median(both.ours, rate)
  const bare = median(both.bare, rate)
  const isTarget = each > 1
  return {
    what,
    ours: count(rate(ours)),
    bare: count(rate(bare)),
    ratio: times(rate(ours) / rate(bare)),
    wanted: isTarget ? '≥ 1 ×' : 'measured',
    isReached: isTarget ? rate(ours) >= rate(bare) : null,
    notes: [
      `Ours puts ${(ours.perFrame ?? 1).toFixed(1)} messages into a frame.`,
      `CPU of the server: ours ${percent(ours.serverCpu, ours)} of all threads, bare ${percent(bare.serverCpu, bare)}.`,
      generator(ours, bare),
      ...faultsOf(both),
    ],
  }
}
