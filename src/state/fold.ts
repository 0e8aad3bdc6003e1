/**
 * The fold of a name: names that look alike to a person have the same one. For comparing only, it is never shown. The
 * table holds the common look-alikes of Latin, Cyrillic, Greek and Armenian, not all 6,000 that Unicode lists.
 */

import { withoutInvisible } from './text.ts'

const latin = /\p{Script=Latin}/u
/** Small letter or sign → the small Latin letter that it, or its capital, looks like. */
const looks = tableOf(
  'аa вb еe кk мm нh оo рp сc тt уy хx іi јj ѕs ԁd ԛq ԝw һh ӏl',
  'αa βb εe ζz ηh ιi κk μm νn οo ρp τt υy χx ϳj ςσ',
  'օo սu հh ոn զq ցg',
  'ıi ɑa ɡg ɩi ʏy ꞁl 0o 1l |l',
  "’' ‘' ʼ' `' ´' ʻ' ‐- ‑- ‒- –- —- −- ﹘-",
)
/** Small Greek letters among Latin ones look like others than their capitals do. */
const amongLatin = tableOf('νv ηn υu γy')

const plain = /^[ -~]*$/
const plainLooks = /[01|`]/g

/** NFKC, case folded, nothing invisible, single spaces, and look-alikes as one. A fold is its own fold. */
export function foldName(name: string): string {
  // Most names, and then none of the rest changes anything; it takes four times as long.
  if (plain.test(name)) {
    const small = name.toLowerCase().replace(plainLooks, (sign) => looks.get(sign) ?? sign)
    return small.replace(/ +/g, ' ').trim()
  }
  const marked = name.normalize('NFKD')
  const told = latin.test(marked) ? swap(marked, amongLatin) : marked
  const small = withoutInvisible(told.toLowerCase()).replaceAll('i\u0307', 'i').replaceAll('ß', 'ss')
  return swap(small.normalize('NFKD'), looks).normalize('NFKC').replace(/\s+/gu, ' ').trim()
}

const swap = (text: string, table: ReadonlyMap<string, string>): string =>
  Array.from(text, (sign) => table.get(sign) ?? sign).join('')

function tableOf(...rows: string[]): ReadonlyMap<string, string> {
  return new Map(rows.flatMap((row) => row.split(' ')).map((pair) => [pair.slice(0, -1), pair.slice(-1)]))
}
