/** How far one has read each room: on the desk, so that every device of a person agrees. */

import * as v from 'valibot'
import { command, put, refuse } from '../feature.ts'
import { anyId, flag, rev as position } from '../fields.ts'

/** Rooms that one desk keeps a position for. */
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
      if (!before && desk.all('read').length >= MOST) return refuse('limit', `More than ${MOST} rooms.`)
      return [put({ type: 'read', id: room, rev })]
    },
  },
)
