/** Cases A, B and C: traffic, side by side with servers that store nothing. */

import type { Patience } from './calm.ts'
import { contest } from './contest.ts'
import type { Kind, Outcome } from './job.ts'
import type { Figure, Rounds } from './rounds.ts'
import { median, spread } from './rounds.ts'
import type { Row } from './row.ts'
import { count, goals, ms, names, signed, timesWithin, troubles, within } from './row.ts'

export interface Scale {
  rounds: number
  /** In the one room of A and B. */
  people: number
  /** Of five people each, in C. */
  rooms: number
  /** ms. */
  warmUp: number
  measure: number
  /** For other programs to end. */
  patience: Patience
}

const perSecond: Figure = (outcome) => outcome.deliveries / outcome.seconds
const perMillion: Figure = (outcome) => (outcome.serverCpu / Math.max(1, outcome.deliveries)) * 1e6
const messages: Figure = (outcome) => outcome.messages / outcome.seconds
const cpu: Figure = (outcome) => outcome.serverCpu / outcome.seconds
const p50: Figure = (outcome) => outcome.p50 ?? Number.NaN
const p99: Figure = (outcome) => outcome.p99 ?? Number.NaN
const p999: Figure = (outcome) => outcome.p999 ?? Number.NaN
const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

/** A thousand in one room, as fast as it goes. */
export async function crowd({ rounds: wanted, people, warmUp, measure, patience }: Scale): Promise<Row[]> {
  const task = { do: 'flood', rooms: 1, people, inFlight: 64, each: 1, warmUp, measure } as const
  const rounds = await contest(task, ['bare', 'net', 'ours'], wanted, patience)
  const speed = `A: ${count(people)} in one room, 64 in flight: deliveries per second`
  const cost = 'A: server CPU seconds per million deliveries'
  const cheap = (n: number): string => n.toFixed(3)
  const first = [
    ['≥', 40],
    ['≥', 60],
  ] as const
  return [
    compare(rounds, speed, 'bare', perSecond, count, first, notes(rounds)),
    compare(rounds, speed, 'net', perSecond, count, [['≥', 0.6]]),
    compare(rounds, cost, 'bare', perMillion, cheap, first, [], 'less'),
    compare(rounds, cost, 'net', perMillion, cheap, [['≥', 0.6]], [], 'less'),
    late(rounds, 'A'),
  ]
}

/** The same people at fifty messages a second. */
export async function steady({ rounds: wanted, people, warmUp, measure, patience }: Scale): Promise<Row[]> {
  const task = { do: 'pace', rooms: 1, people, rate: 50, warmUp, measure } as const
  const rounds = await contest(task, ['bare', 'net', 'kept', 'ours'], wanted, patience)
  const time = (n: number): string => ms(Number.isNaN(n) ? null : n)
  const latencies = [
    ['p50', p50],
    ['p99', p99],
    ['p99.9', p999],
  ] as const
  const rows = (than: Kind, goal: Parameters<typeof goals>[1]): Row[] =>
    latencies.map(([name, figure]) =>
      compare(
        rounds,
        `B: ${count(people)} in one room, 50 messages a second: latency ${name}`,
        than,
        figure,
        time,
        goal,
      ),
    )
  return [
    ...rows('bare', [['≤', 1]]),
    ...rows('net', [['≤', 1.2]]),
    ...rows('kept', []),
    compare(rounds, 'B: server CPU', 'bare', cpu, percent, [['≤', 1]], notes(rounds)),
    compare(rounds, 'B: server CPU', 'net', cpu, percent, []),
    late(rounds, 'B'),
  ]
}

/** Many small rooms, everybody talking: some have three messages on their way, or everybody waits for their last. */
export async function many(scale: Scale): Promise<Row[]> {
  // More would be refused: 2,000 frames may wait for the disk.
  return [
    ...(await small(scale, 9, 3, 'as fast as it goes, 9 in flight per room')),
    ...(await small(scale, 5, 1, 'each person one at a time')),
  ]
}

async function small(scale: Scale, inFlight: number, each: number, how: string): Promise<Row[]> {
  const { rounds: wanted, rooms, warmUp, measure, patience } = scale
  const task = { do: 'flood', rooms, people: 5, inFlight, each, warmUp, measure } as const
  const rounds = await contest(task, ['bare', 'once', 'ours'], wanted, patience)
  const what = `C: ${rooms} rooms of 5, ${how}: messages per second`
  const told = notes(rounds).map((note) => `(${how}) ${note}`)
  return [
    compare(rounds, what, 'bare', messages, count, [['≥', 1]], told),
    compare(rounds, what, 'once', messages, count, [['≥', 1.3]]),
    late(rounds, `C, ${how}`),
  ]
}

/** Ours against another; or the other against ours, where `less` is better and shall be written as so many times. */
function compare(
  rounds: Rounds,
  what: string,
  than: Kind,
  figure: Figure,
  show: (n: number) => string,
  wanted: Parameters<typeof goals>[1],
  notes: string[] = [],
  better: 'more' | 'less' = 'more',
): Row {
  const ratio = better === 'more' ? rounds.ratio('ours', than, figure) : rounds.ratio(than, 'ours', figure)
  return {
    what,
    ours: show(figure(rounds.median('ours', figure))),
    bare: show(figure(rounds.median(than, figure))),
    than: names[than],
    ratio: timesWithin(ratio),
    ...(wanted.length > 0 ? goals(ratio, wanted) : { wanted: 'measured', isReached: null }),
    notes,
  }
}

/** Most that the main thread may be late beyond the writes themselves, ms, 99 of 100 times. */
const LATE = 20

function late(rounds: Rounds, name: string): Row {
  const loops = rounds.all('ours').flatMap(({ loop }) => loop ?? [])
  const row = { what: `${name}: loop delay p99 of the main thread`, wanted: `≤ +${LATE} ms` }
  if (loops.length === 0) {
    return { ...row, ours: '–', bare: '–', ratio: '–', isReached: null, notes: ['The server told no delay.'] }
  }
  const beyond = spread(loops.map(({ p99, fanOut }) => p99 - fanOut))
  return {
    ...row,
    ours: ms(median(loops, ({ p99 }) => p99).p99),
    bare: ms(median(loops, ({ fanOut }) => fanOut).fanOut),
    than: 'writing one fan-out, on average',
    ratio: within(beyond, (n) => signed(n, 1), ' ms'),
    isReached: beyond.middle <= LATE,
    notes: [],
  }
}

/** What explains the figures of a contest. */
function notes(rounds: Rounds): string[] {
  const each = (of: (outcome: Outcome) => number, show: (n: number) => string): string =>
    rounds.kinds.map((kind) => `${names[kind]} ${show(of(rounds.median(kind, of)))}`).join(', ')
  const perFrame: Figure = (outcome) => outcome.perFrame ?? Number.NaN
  const bytes: Figure = (outcome) => (outcome.bytes ?? Number.NaN) / outcome.deliveries
  const generator: Figure = (outcome) => outcome.generatorCpu / outcome.seconds
  const frames = perFrame(rounds.median('ours', perFrame))
  return [
    ...(Number.isNaN(frames) ? [] : [`Parlour puts ${frames.toFixed(1)} messages into a frame.`]),
    `Bytes per delivery, headers and answers included: ${each(bytes, (n) => n.toFixed(0))}.`,
    `CPU of the server, all threads: ${each(cpu, percent)}.`,
    `CPU of the generator meanwhile: ${each(generator, percent)}.`,
    ...troubles(rounds),
  ]
}
