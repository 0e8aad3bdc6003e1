/**
 * The timeline as it stands on the screen: messages grouped, days and the unread line between them. It never looks
 * at the screen and never fetches.
 */

import type { WireOf } from '../../src/state/records.ts'
import type { Shown } from '../api.ts'

/** Messages of one person stand together when no more than this lies between two of them; ms. */
export const TOGETHER = 5 * 60_000

export type Row =
  | { kind: 'day'; key: string; at: number }
  | { kind: 'unread'; key: string }
  | NoticeRow
  | MessageRow

/** One notice, or several of the same kind in a row: a lobby in which many come and few speak stays readable. */
export interface NoticeRow {
  kind: 'notice'
  key: string
  notices: [WireOf<'notice'>, ...WireOf<'notice'>[]]
}

export interface MessageRow {
  kind: 'message'
  key: string
  shown: Shown
  message: WireOf<'message'>
  /** First of a run: it has the face and the name. */
  opens: boolean
  /** Last of a run: it has the time. */
  closes: boolean
}

export interface RowOptions {
  /** The number of the calendar day of a moment. */
  dayNumber(at: number): number
  /** The unread line stands before the first message of others after this rev; `null`: no line. */
  readUpTo: number | null
  me: string
  /** Server time: what has expired is not shown. */
  now: number
}

/** Oldest first, as it came. */
export function rowsOf(timeline: readonly Shown[], options: RowOptions): Row[] {
  const rows: Row[] = []
  let day: number | null = null
  let last: MessageRow | null = null
  let isMarked = options.readUpTo === null
  for (const shown of timeline) {
    const { record } = shown
    if (hasExpired(shown, options.now)) continue
    const ofDay = options.dayNumber(record.at)
    if (ofDay !== day) {
      rows.push({ kind: 'day', key: `day ${ofDay}`, at: record.at })
      day = ofDay
      last = null
    }
    if (!isMarked && isUnread(shown, options)) {
      rows.push({ kind: 'unread', key: 'unread' })
      isMarked = true
      last = null
    }
    if (record.type === 'notice') {
      const before = rows.at(-1)
      if (before?.kind === 'notice' && isOfSameKind(before, record)) before.notices.push(record)
      else rows.push({ kind: 'notice', key: record.id, notices: [record] })
      last = null
      continue
    }
    const joins: boolean = last !== null && belongsWith(last.message, record)
    if (joins && last) last.closes = false
    last = { kind: 'message', key: record.id, shown, message: record, opens: !joins, closes: true }
    rows.push(last)
  }
  return rows
}

/** How many messages of others are born after a rev. */
export function unreadAfter(
  timeline: readonly Shown[],
  options: Pick<RowOptions, 'readUpTo' | 'me' | 'now'>,
): number {
  let count = 0
  for (const shown of timeline) {
    if (isUnread(shown, options) && !hasExpired(shown, options.now)) count++
  }
  return count
}

/** When the next temporary message on the screen is due; `null`: none is. */
export function nextExpiry(timeline: readonly Shown[], now: number): number | null {
  let next: number | null = null
  for (const { record } of timeline) {
    if (record.type !== 'message' || record.expires === null || record.expires <= now) continue
    next = next === null ? record.expires : Math.min(next, record.expires)
  }
  return next
}

/** Something of one's own that can still be edited: the newest. */
export function lastOwn(timeline: readonly Shown[], me: string, now: number): WireOf<'message'> | null {
  for (let at = timeline.length - 1; at >= 0; at--) {
    const shown = timeline[at]!
    const { record } = shown
    if (record.type === 'message' && record.by === me && shown.state === 'stored' && !hasExpired(shown, now))
      return record
  }
  return null
}

const hasExpired = ({ record }: Shown, now: number): boolean =>
  record.type === 'message' && record.expires !== null && record.expires <= now

const belongsWith = (before: WireOf<'message'>, next: WireOf<'message'>): boolean =>
  before.by === next.by && next.at - before.at <= TOGETHER

/** A new name says two things, so that each stands alone. */
const isOfSameKind = ({ notices }: NoticeRow, next: WireOf<'notice'>): boolean =>
  next.event === notices[0].event && (next.event === 'joined' || next.event === 'left')

/** Notices do not count: nobody has to read that somebody came. */
function isUnread({ record }: Shown, { readUpTo, me }: Pick<RowOptions, 'readUpTo' | 'me'>): boolean {
  return readUpTo !== null && record.type === 'message' && record.by !== me && record.born > readUpTo
}
