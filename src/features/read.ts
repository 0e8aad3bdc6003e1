/** How far one has read each room: on the desk, so that every device of a person agrees. */

import * as v from 'valibot'
import type { RoomView } from '../feature.ts'
import { command, del, put } from '../feature.ts'
import { anyId, flag, rev as position } from '../fields.ts'
import { LOBBY } from '../state/records.ts'

/** Positions of one desk: twice as many as rooms, because rooms that one left or that vanished keep theirs. */
const MOST = 1_000

/** Forward only, so that a slow device takes nothing back; `back` marks as unread from there. */
export const mark = command(
  'read.mark',
  { room: anyId, rev: position, back: v.optional(flag, false) },
  {
    permit: 'member',
    in: 'desk',
    weight: 'light',
    run(desk, { room, rev, back }) {
      const before = desk.get('read', room)
      if (before && (back ? before.rev === rev : before.rev >= rev)) return []
      const one = put({ type: 'read', id: room, rev })
      const dropped = before ? undefined : tooOld(desk)
      return dropped === undefined ? [one] : [del('read', dropped), one]
    },
  },
)

/** The room that makes way for another: the one that was first read longest ago, but never the lobby. */
function tooOld(desk: RoomView): string | undefined {
  const reads = desk.all('read')
  if (reads.length < MOST) return undefined
  const born = (id: string) => desk.trace('read', id)?.born ?? 0
  const rooms = reads.map(({ id }) => id).filter((id) => id !== LOBBY)
  return rooms.reduce((oldest, id) => (born(id) < born(oldest) ? id : oldest))
}
