/** Texts of 16 KiB made to be slow for whoever reads them: repeated beginnings without an end, and seeded mixtures. */

import type { Random } from '../../test/support/random.ts'

/** Bytes of the longest body, and its most letters. */
const BYTES = 16_384
const LETTERS = 10_000

/** Repeated and cut off, each is a known way to make patterns for addresses, brackets, marks or blanks backtrack. */
const units = [
  'https://',
  'http://http:/',
  'http://a.b/(',
  'https://a.b/))))',
  'https://a/((((]]]]',
  'http://a....',
  '((((http://a',
  'https://a@',
  'https://a:b@c',
  'http://[::',
  'http://%',
  'http://xn--',
  'https://a.b/?&=',
  'a@a.',
  'www.',
  ' ',
  '\n',
  ' \n',
  '\t\u00a0',
  '\u200d',
  '\u200b\u2060',
  '👨‍👩‍👧',
  '👍🏽\u200d',
  '1\ufe0f\u20e3',
  '\ufe0f',
  'é',
  'e\u0301',
  '\u0301',
  '*_`~',
  '**a** _b',
  '```\n',
  '[a](',
  '<a href="',
  '&amp;',
  '\'"',
  '.,;:!?',
  'ſtﬃ',
  '\u{1d159}',
  '\u202e',
  '!'.repeat(64),
  'a'.repeat(64),
]

const ends = ['', '!', ' x', '\n', ')']

export function* hostileTexts(): Generator<string> {
  for (const unit of units) for (const end of ends) yield cut(unit.repeat(LETTERS), end)
}

/** Half of them long; pieces of all kinds, each repeated or not. */
export function mixedText(random: Random): string {
  const most = random.chance(0.5) ? BYTES : 1 + random.below(BYTES)
  let text = ''
  while (text.length < most) {
    const unit = random.pick(units)
    text += unit.repeat(random.chance(0.3) ? 1 + random.below(200) : 1 + random.below(3))
    if (random.chance(0.3)) text += String.fromCodePoint(32 + random.below(0xd700))
  }
  return cut(text, '')
}

/** As much of it as a body may have. */
function cut(text: string, end: string): string {
  let kept = text.slice(0, LETTERS - end.length)
  // By halves of what is too much: to the letter does not matter.
  for (let over = 1; over > 0; kept = kept.slice(0, kept.length - Math.ceil(over / 4))) {
    over = Buffer.byteLength(kept) + Buffer.byteLength(end) - BYTES
    if (over <= 0) break
  }
  return kept.toWellFormed() + end
}
