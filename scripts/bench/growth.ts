/** How speed and memory change with members, rooms and history. It measures Parlour alone, and compares it with itself. */

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Patience } from './calm.ts'
import { contest, perform, withFolder } from './contest.ts'
import { fill } from './fill.ts'
import type { Outcome } from './job.ts'
import type { Spread } from './rounds.ts'
import { median, spread } from './rounds.ts'
import { timeStart } from './servers.ts'

export interface Point {
  /** Members, rooms or messages. */
  size: number
  /** Messages a second. */
  messages: Spread
  /** Deliveries a second. */
  deliveries: number
  /** Of the server with all its threads, µs for each message. */
  cpu: number
  /** Resident bytes at the end. */
  rss: number
  /** Bytes on disk before the measuring, and ms from the start until it was ready; for history only. */
  disk: number | null
  ready: number | null
}

export interface Series {
  of: 'members' | 'rooms' | 'history'
  points: Point[]
  /** What went wrong. */
  notes: string[]
}

export interface Extent {
  members: readonly number[]
  rooms: readonly number[]
  history: readonly number[]
  rounds: number
  warmUp: number
  measure: number
  /** How long filling one history may take, ms. */
  fill: number
  patience: Patience
}

/** Under way in all. One connection may have 32. */
export const IN_FLIGHT = 30
/** People who talk about the past. */
const PEOPLE = 10
/** Smaller histories are made anew for each round, as measuring them is what makes them grow. */
const SMALL = 200_000

export async function members({ members, ...extent }: Extent): Promise<Series> {
  return crowds('members', members, (people) => ({ rooms: 1, people }), extent)
}

/** Of one person each, as a machine has only so many sockets. */
export async function rooms({ rooms, ...extent }: Extent): Promise<Series> {
  return crowds('rooms', rooms, (rooms) => ({ rooms, people: 1 }), extent)
}

async function crowds(
  of: Series['of'],
  sizes: readonly number[],
  crowd: (size: number) => { rooms: number; people: number },
  { rounds: wanted, warmUp, measure, patience }: Omit<Extent, 'members' | 'rooms'> & Partial<Extent>,
): Promise<Series> {
  const series: Series = { of, points: [], notes: [] }
  for (const size of sizes) {
    const task = { do: 'turns', ...crowd(size), inFlight: IN_FLIGHT, warmUp, measure } as const
    const rounds = await contest(task, ['ours'], wanted, patience)
    add(series, size, rounds.all('ours'), { disk: null, ready: null })
    console.error(`${size} ${of}: done`)
  }
  return series
}

export async function history(extent: Extent): Promise<Series> {
  const series: Series = { of: 'history', points: [], notes: [] }
  for (const wanted of extent.history) {
    const outcomes: Outcome[] = []
    const disks: number[] = []
    const readies: number[] = []
    let size = wanted
    const folders = wanted <= SMALL ? extent.rounds : 1
    for (let n = 0; n < folders; n++) {
      await withFolder(async (folder) => {
        const { rooms } = await fill(folder, [wanted], extent.fill)
        const [filled] = rooms
        if (filled === undefined) throw new Error('no room was filled')
        size = filled.size
        disks.push(bytesIn(folder))
        for (let round = 0; round < extent.rounds / folders; round++) {
          await extent.patience.calm()
          const { server, ready } = await timeStart(folder)
          readies.push(ready)
          const { warmUp, measure } = extent
          const door = { room: filled.room, code: filled.code }
          const task = {
            do: 'turns',
            rooms: 1,
            people: PEOPLE,
            inFlight: IN_FLIGHT,
            warmUp,
            measure,
            door,
          } as const
          outcomes.push(await perform(server, task))
        }
      })
    }
    const middle = (all: readonly number[]): number => median(all, (one) => one)
    add(series, size, outcomes, { disk: middle(disks), ready: middle(readies) })
    console.error(`history of ${size}: done`)
    if (size >= wanted) continue
    series.notes.push(`Filling ${wanted} messages was stopped after ${extent.fill / 1000} s, at ${size}.`)
    break
  }
  return series
}

export function add(
  { of, points, notes }: Series,
  size: number,
  outcomes: readonly Outcome[],
  more: Pick<Point, 'disk' | 'ready'>,
): void {
  const rate = (outcome: Outcome): number => outcome.messages / outcome.seconds
  const cost = (outcome: Outcome): number => (outcome.serverCpu / outcome.messages) * 1e6
  points.push({
    size,
    messages: spread(outcomes.map(rate)),
    deliveries: median(
      outcomes.map(({ deliveries, seconds }) => deliveries / seconds),
      (one) => one,
    ),
    cpu: cost(median(outcomes, cost)),
    rss: median(outcomes, ({ rss }) => rss).rss,
    ...more,
  })
  for (const { faults } of outcomes) {
    const found = Object.entries(faults).filter(([, number]) => number !== 0)
    if (found.length > 0) notes.push(`${of}, ${size}: ${found.map(([kind, n]) => `${n} ${kind}`).join(', ')}`)
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
