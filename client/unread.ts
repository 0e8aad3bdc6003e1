/** How much of an open room is new to me. Pure. */

import type { WireRecord } from '../src/state/records.ts'
import { kindOf } from '../src/state/records.ts'
import { authorOf } from '../src/state/room.ts'

/** Counting stops here: “99+”. */
const MOST = 100

/** What the server counted when the room was opened: below the window only it can know. */
export interface Counted {
  unread: number
  /** Of the room, and of my position, when it was counted. */
  rev: number
  readUpTo: number
}

/** `timeline`: oldest first, complete from `floor` on. */
export function unreadIn(
  timeline: readonly WireRecord[],
  floor: number,
  me: string,
  readUpTo: number,
  counted: Counted | null,
): number {
  if (counted && floor > readUpTo + 1 && counted.readUpTo === readUpTo)
    return Math.min(MOST, counted.unread + newOnes(timeline, me, counted.rev))
  return newOnes(timeline, me, readUpTo)
}

/** The newest record that counts, whoever wrote it. */
export function newestCounted(timeline: readonly WireRecord[]): WireRecord | undefined {
  return timeline.findLast((record) => kindOf(record).brief !== undefined)
}

function newOnes(timeline: readonly WireRecord[], me: string, after: number): number {
  let count = 0
  for (let i = timeline.length - 1; i >= 0 && count < MOST; i--) {
    const record = timeline[i]
    if (!record || record.born <= after) break
    if (kindOf(record).brief && authorOf(record) !== me) count++
  }
  return count
}
