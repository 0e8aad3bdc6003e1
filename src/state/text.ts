/** What a person typed, brought into one form. It never refuses: that is for the checkers of the frames. */

const invisible = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu
const joiner = /\p{Extended_Pictographic}\ufe0f?\u200d\p{Extended_Pictographic}/u

/** Code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

const encoder = new TextEncoder()
/** UTF-8 bytes. */
export const bytesOf = (text: string): number => encoder.encode(text).length

/** Well-formed Unicode without NUL: what every store can keep as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

/** Whether there is anything to see. */
export const isVisible = (text: string): boolean => text.replace(invisible, '').trim() !== ''

/** A one-line title: NFC, no controls and no invisible characters (but joined emoji stay), single spaces. */
export function tidyLine(text: string): string {
  const visible = text
    .normalize('NFC')
    .replace(/\s+/gu, ' ')
    .replace(invisible, (found, at: number) => {
      return found === '\u200d' && joiner.test(text.slice(Math.max(0, at - 3), at + 4)) ? found : ''
    })
  return visible.trim()
}

/** Two names that look alike to a computer's eye have the same fold: NFKC, case folded, without spaces at the ends. */
export function foldName(name: string): string {
  return tidyLine(name.normalize('NFKC'))
    .toLowerCase()
    .normalize('NFKC')
    .replaceAll('ß', 'ss')
    .replaceAll('ς', 'σ')
}

/** The first `most` code points on one line, with an ellipsis if there were more. */
export function excerpt(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .replace(/\s+/gu, ' ')
    .trim()
  const points = [...line]
  return points.length > most ? `${points.slice(0, most - 1).join('')}…` : line
}
