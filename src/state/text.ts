/** What a person typed, brought into one form. It never refuses: that is for the checkers of the frames. */

/** What shows nothing: controls, what Unicode calls ignorable, surrogates, blanks that are no spaces. */
const nothing = String.raw`\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{1d159}`
const invisible = new RegExp(`[${nothing}]`, 'gu')
const visible = new RegExp(String.raw`[^\s${nothing}]`, 'u')
const emoji = String.raw`\p{Extended_Pictographic}\p{Emoji_Modifier}?\ufe0f?`
/** An emoji with the invisible characters that belong to it, or an invisible character elsewhere. */
const emojiOrInvisible = new RegExp(
  String.raw`(${emoji}(?:\u200d${emoji})*|[0-9#*]\ufe0f\u20e3)|${invisible.source}`,
  'gu',
)

/** Code points, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0
  for (const _ of text) length++
  return length
}

const encoder = new TextEncoder()
/** UTF-8 bytes. */
export const bytesOf = (text: string): number => encoder.encode(text).length

/** Whether it has at most so many code points, and UTF-8 bytes. Short texts are not looked at: a unit is 3 bytes at most. */
export const isShort = (text: string, points: number): boolean =>
  text.length <= points || lengthOf(text) <= points
export const isSmall = (text: string, bytes: number): boolean =>
  3 * text.length <= bytes || bytesOf(text) <= bytes

/** Well-formed Unicode without NUL: what every store can keep as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

export const withoutInvisible = (text: string): string => text.replace(invisible, '')

/** Whether there is anything to see. */
export const isVisible = (text: string): boolean => visible.test(text)

/** A one-line title: NFC, no controls and no invisible characters (but joined emoji stay), single spaces. */
export function tidyLine(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(emojiOrInvisible, '$1')
    .replace(/ +/g, ' ')
    .trim()
    .normalize('NFC')
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
