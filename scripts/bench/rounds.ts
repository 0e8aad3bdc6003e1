/** What the rounds of a contest come to: the middle, and how far they lie apart. It measures nothing. */

import type { Kind, Outcome } from './job.ts'

/** One outcome of each contestant, measured one after the other. */
export type Round = ReadonlyMap<Kind, Outcome>
export type Figure = (outcome: Outcome) => number

export interface Spread {
  low: number
  middle: number
  high: number
}

/** CPU of other programs above which a round is not to be trusted, share of one core. */
const DISTURBED = 0.15

export class Rounds {
  readonly #rounds: readonly Round[]

  /** Rounds in which other programs were at work count only where there is no other. */
  constructor(rounds: readonly Round[]) {
    const calm = rounds.filter((round) => !Rounds.isDisturbed(round))
    this.#rounds = calm.length > 0 ? calm : rounds
  }

  static isDisturbed(round: Round): boolean {
    return [...round.values()].some(({ othersCpu, seconds }) => othersCpu / seconds > DISTURBED)
  }

  get kinds(): Kind[] {
    return [...(this.#rounds[0]?.keys() ?? [])]
  }

  get size(): number {
    return this.#rounds.length
  }

  get disturbed(): number {
    return this.#rounds.filter(Rounds.isDisturbed).length
  }

  all(kind: Kind): Outcome[] {
    return this.#rounds.map((round) => outcomeOf(round, kind))
  }

  /** The outcome of the middle round by a figure. */
  median(kind: Kind, figure: Figure): Outcome {
    return median(this.all(kind), figure)
  }

  /** Of each round by itself: what the machine did to one contestant it did to the other, more or less. */
  ratio(over: Kind, under: Kind, figure: Figure): Spread {
    return this.#between((round) => figure(outcomeOf(round, over)) / figure(outcomeOf(round, under)))
  }

  /** Likewise. */
  difference(more: Kind, less: Kind, figure: Figure): Spread {
    return this.#between((round) => figure(outcomeOf(round, more)) - figure(outcomeOf(round, less)))
  }

  #between(compare: (round: Round) => number): Spread {
    return spread(this.#rounds.map(compare))
  }
}

/** The middle one by a figure; of an even number, the lower. */
export function median<T>(all: readonly T[], of: (one: T) => number): T {
  const sorted = [...all].sort((a, b) => of(a) - of(b))
  const middle = sorted[(sorted.length - 1) >> 1]
  if (middle === undefined) throw new Error('there is no median of nothing')
  return middle
}

export function spread(values: readonly number[]): Spread {
  return { low: Math.min(...values), middle: median(values, (one) => one), high: Math.max(...values) }
}

function outcomeOf(round: Round, kind: Kind): Outcome {
  const outcome = round.get(kind)
  if (outcome === undefined) throw new Error(`${kind} took no part in this round`)
  return outcome
}
