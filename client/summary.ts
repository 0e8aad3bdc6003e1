/** An open room as it stands in the list of rooms. */

import type { Brief, RoomSummary } from '../src/protocol.ts'
import type { WireOf } from '../src/state/records.ts'
import { excerpt } from '../src/state/text.ts'
import type { OpenRoom } from './api.ts'
import { newestCounted } from './unread.ts'

/** Code points of the last words. */
const BRIEF = 120

/** `before`: what the list said last; it stays as long as the room itself is not known. */
export function summaryOf(open: OpenRoom, before: RoomSummary | undefined): RoomSummary | undefined {
  const { id, room, unread } = open
  const record = room.get('room', id)
  if (!record) return before
  const newest = newestCounted(room.timeline())
  const last = newest?.type === 'message' ? briefOf(open, newest) : null
  // A window full of notices says nothing of the words before them.
  const isUnknown = last === null && room.floor > 0
  const { kind, name } = record
  return { room: id, rev: room.rev, kind, name, unread, last: isUnknown ? (before?.last ?? null) : last }
}

/** Who is not known yet is asked for. */
function briefOf(open: OpenRoom, { id, by, at, body }: WireOf<'message'>): Brief {
  return { id, by, at, name: open.member(by)?.name ?? '', text: excerpt(body, BRIEF) }
}
