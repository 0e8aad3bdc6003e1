/**
 * Ids that begin with the time, so that what is made together lies together in the store: among a million messages, a
 * random id made it touch a page of the index of its own for each message, and cost twice the CPU. Pure: time and chance are
 * arguments.
 */

/** In the order in which stores sort them. */
const LETTERS = '-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz'
/** ms that share a beginning: fine enough for the store, too coarse to tell when somebody wrote. */
const STEP = 4096
/** Letters of the time: enough for 9,000 years. */
const LENGTH = 6
/** Letters of chance that an id wants besides: with 15, 90 bits. */
export const CHANCE = 15

/** `at`: ms since 1970. `chance`: `CHANCE` random letters of the alphabet of ids. 21 letters in all. */
export function mintId(at: number, chance: string): string {
  let rest = Math.floor(Math.max(0, at) / STEP)
  let time = ''
  for (let n = 0; n < LENGTH; n++) {
    time = LETTERS.charAt(rest % 64) + time
    rest = Math.floor(rest / 64)
  }
  return time + chance
}
