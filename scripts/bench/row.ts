/** One line of the result, and how figures are written in it. It measures nothing. */

import type { Duel } from './duel.ts'
import { isDisturbed } from './duel.ts'

export interface Row {
  what: string
  ours: string
  bare: string
  /** Ours against the bare server, or against what is wanted. */
  ratio: string
  wanted: string
  /** `null`: only measured. */
  isReached: boolean | null
  /** What else a reader should know; what went wrong. */
  notes: string[]
}

export const count = (n: number): string => Math.round(n).toLocaleString('en')
export const times = (n: number): string => `${n.toFixed(n < 10 ? 2 : 0)} ×`
export const ms = (n: number | null): string => (n === null ? '–' : `${n.toFixed(1)} ms`)
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`

/** Everything that should have been 0 and was not. */
export function faultsOf({ ours, bare }: Duel): string[] {
  const notes: string[] = []
  const rounds = [...ours, ...bare]
  const disturbed = rounds.filter(isDisturbed).length
  if (disturbed > 0)
    notes.push(`Other programs were at work during ${disturbed} of the ${rounds.length} rounds used.`)
  for (const [name, rounds] of [['ours', ours] as const, ['bare', bare] as const]) {
    for (const { faults } of rounds) {
      const found = Object.entries(faults).filter(([, number]) => number !== 0)
      if (found.length > 0)
        notes.push(`${name}: ${found.map(([kind, number]) => `${number} ${kind}`).join(', ')}`)
    }
  }
  return notes
}
