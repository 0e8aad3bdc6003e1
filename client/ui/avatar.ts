/** A guest's portrait, decided from their id alone: which face, which mood, what they wear. It draws nothing. */

import { hashOf, hueOf } from './hash.ts'

export const heads = ['round', 'egg', 'soft', 'pear'] as const
export const eyes = ['dots', 'ovals', 'happy', 'wink', 'sleepy', 'wide'] as const
export const mouths = ['smile', 'grin', 'small', 'flat', 'side', 'oh'] as const
export const wears = [
  'nothing',
  'glasses',
  'monocle',
  'moustache',
  'top hat',
  'bow tie',
  'flower',
  'bun',
  'fringe',
  'beret',
  'freckles',
  'curls',
] as const

export interface Portrait {
  /** Degrees, as the name's colour. */
  hue: number
  /** Of the ground behind the head, so that neighbours in hue still differ. */
  ground: number
  head: (typeof heads)[number]
  eyes: (typeof eyes)[number]
  mouth: (typeof mouths)[number]
  wears: (typeof wears)[number]
  /** Degrees by which the head is tilted. */
  tilt: number
  /** -2 to 2: where the eyes look, in hundredths of the picture. */
  glance: number
}

export function portraitOf(id: string): Portrait {
  const dice = hashOf(`face of ${id}`)
  const pick = <T>(from: readonly T[], salt: string): T => from[hashOf(salt + id) % from.length]!
  const hue = hueOf(id)
  return {
    hue,
    ground: (hue + 40 + (dice % 5) * 50) % 360,
    head: pick(heads, 'head'),
    eyes: pick(eyes, 'eyes'),
    mouth: pick(mouths, 'mouth'),
    wears: pick(wears, 'wears'),
    tilt: (dice % 25) - 12,
    glance: ((dice >>> 8) % 5) - 2,
  }
}
