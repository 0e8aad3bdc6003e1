/** Which part of a long timeline is on the screen, so that there are never too many rows. It knows no rows. */

import type { Shown } from '../api.ts'

/** Most entries on the screen at once. */
export const MOST = 1_000

/** By `born`, which stays while older ones are loaded. `to` is `null` as long as it reaches to the newest. */
export interface Span {
  from: number
  to: number | null
}

export const newest: Span = { from: 0, to: null }

/** What is on the screen. Up to the newest, the newest stay and the oldest make room. */
export function within(timeline: readonly Shown[], span: Span, most = MOST): readonly Shown[] {
  const { start, end } = edges(timeline, span, most)
  return start === 0 && end === timeline.length ? timeline : timeline.slice(start, end)
}

/** How many entries are known above it and below it. */
export function beyond(
  timeline: readonly Shown[],
  span: Span,
  most = MOST,
): { above: number; below: number } {
  const { start, end } = edges(timeline, span, most)
  return { above: start, below: timeline.length - end }
}

/** Up by so many entries; what no longer fits goes away below. */
export function raised(timeline: readonly Shown[], span: Span, step: number, most = MOST): Span {
  const { start, end } = edges(timeline, span, most)
  const first = Math.max(0, start - step)
  const last = Math.min(end, first + most)
  return { from: bornAt(timeline, first), to: last === timeline.length ? null : bornAt(timeline, last - 1) }
}

/** Down by so many entries; what no longer fits goes away above. */
export function lowered(timeline: readonly Shown[], span: Span, step: number, most = MOST): Span {
  const { start, end } = edges(timeline, span, most)
  const last = Math.min(timeline.length, end + step)
  const first = Math.max(start, last - most)
  return { from: bornAt(timeline, first), to: last === timeline.length ? null : bornAt(timeline, last - 1) }
}

function edges(timeline: readonly Shown[], { from, to }: Span, most: number): { start: number; end: number } {
  let end = timeline.length
  if (to !== null) while (end > 0 && timeline[end - 1]!.record.born > to) end--
  let start = Math.max(0, end - most)
  while (start < end && timeline[start]!.record.born < from) start++
  return { start, end }
}

const bornAt = (timeline: readonly Shown[], at: number): number => timeline[at]?.record.born ?? 0
