/** Chance that can be repeated: a seeded generator (mulberry32), for fuzz tests. Not for secrets. */

export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number below `most`. */
  below(most: number): number
  chance(share: number): boolean
  pick<T>(from: readonly T[]): T
}

export function random(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (most: number) => Math.floor(next() * most)
  return {
    next,
    below,
    chance: (share) => next() < share,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new Error('nothing to pick from')
      return from[below(from.length)] as T
    },
  }
}

/** Seeds to run: `FUZZ_SEED` alone if it is given, else `FUZZ_SEEDS` of them, else so many, counted from 1. */
export function seeds(many: number): number[] {
  const { FUZZ_SEED: one, FUZZ_SEEDS: most } = process.env
  if (one) return [Number(one)]
  return Array.from({ length: most ? Number(most) : many }, (_, n) => n + 1)
}
