/** One line of the result, and how figures are written in it. It measures nothing. */

import type { Duel } from './duel.ts'
import type { Kind, Outcome } from './job.ts'
import type { Rounds, Spread } from './rounds.ts'

export interface Row {
  what: string
  ours: string
  /** What ours is compared with; `–`: with nothing. */
  bare: string
  /** Who that is, where it is not the bare `ws` server. */
  than?: string
  /** Ours against the other, or against what is wanted. */
  ratio: string
  wanted: string
  /** `null`: only measured. */
  isReached: boolean | null
  /** Where several things are wanted: what became of each. */
  mark?: string
  /** What else a reader should know; what went wrong. */
  notes: string[]
}

export const names: Record<Kind, string> = {
  ours: 'Parlour',
  bare: 'bare `ws`',
  once: '`ws`, encoding once',
  net: 'raw `net`',
  kept: 'raw `net`, on disk first',
  disk: 'one write and fsync',
  rested: 'one write and fsync after a pause',
}

export const count = (n: number): string => Math.round(n).toLocaleString('en')
export const times = (n: number): string => `${n.toFixed(n < 10 ? 2 : 0)} ×`
export const ms = (n: number | null): string => (n === null ? '–' : `${n.toFixed(1)} ms`)
export const signed = (n: number, digits: number): string =>
  `${n < 0 ? '−' : '+'}${Math.abs(n).toFixed(digits)}`
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

/** `23 × (21–26)`: the middle round, and between which the others lie. */
export function within({ low, middle, high }: Spread, show: (n: number) => string, unit: string): string {
  const between = low === high ? '' : ` (${show(low)}–${show(high)})`
  return `${show(middle)}${unit}${between}`
}

export const timesWithin = (ratio: Spread): string =>
  within(ratio, (n) => n.toFixed(Math.abs(n) < 10 ? 2 : 0), ' ×')

type Goal = readonly ['≥' | '≤', number]

/** What is wanted of a ratio, and whether the middle round has it: the easier goal first. */
export function goals(
  { middle }: Spread,
  wanted: readonly Goal[],
): Pick<Row, 'wanted' | 'isReached' | 'mark'> {
  const met = wanted.map(([sign, bound]) => (sign === '≥' ? middle >= bound : middle <= bound))
  const isReached = met.every((one) => one)
  return {
    wanted: wanted.map(([sign, bound]) => `${sign} ${bound} ×`).join(', '),
    isReached,
    ...(new Set(met).size > 1 ? { mark: met.map((one) => (one ? 'reached' : 'missed')).join(', ') } : {}),
  }
}

/** Everything that should have been 0 and was not, of a contest. */
export function troubles(rounds: Rounds): string[] {
  return [
    ...disturbance(rounds.disturbed, rounds.size),
    ...rounds.kinds.flatMap((kind) => faults(names[kind], rounds.all(kind))),
  ]
}

/** The same of a duel. */
export function faultsOf({ ours, bare }: Duel): string[] {
  return [...faults('ours', ours), ...faults('bare', bare)]
}

function disturbance(disturbed: number, all: number): string[] {
  return disturbed > 0 ? [`Other programs were at work during ${disturbed} of the ${all} rounds used.`] : []
}

function faults(name: string, outcomes: readonly Outcome[]): string[] {
  return outcomes.flatMap(({ faults }) => {
    const found = Object.entries(faults).filter(([, number]) => number !== 0)
    return found.length > 0
      ? [`${name}: ${found.map(([kind, number]) => `${number} ${kind}`).join(', ')}`]
      : []
  })
}
