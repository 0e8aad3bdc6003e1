/** People: the name one bears everywhere, and who is in a room. */

import * as v from 'valibot'
import { command, later, put, query } from '../feature.ts'
import { anyId, limit, personName } from '../fields.ts'
import { keyOf } from '../state/records.ts'

/** Changes one's name: on the desk at once, in every room right after. */
export const rename = command(
  'member.rename',
  { name: personName },
  {
    permit: 'member',
    in: 'desk',
    weight: 'message',
    claims: (fields) => fields.name,
    run(desk, fields, actor) {
      if (desk.get('profile', actor.id)?.name === fields.name) return []
      return [
        put({ type: 'profile', id: actor.id, name: fields.name }),
        later({
          to: { roomsOf: actor.id },
          frame: named.name,
          fields: { user: actor.id, name: fields.name },
        }),
      ]
    },
  },
)

/** A room follows the new name of somebody in it. */
export const named = command(
  'member.named',
  { room: anyId, user: anyId, name: personName },
  {
    permit: 'system',
    reads: (fields) => [keyOf('member', fields.user)],
    run(room, { user, name }, _actor, moment) {
      const member = room.get('member', user)
      if (!member || member.name === name) return []
      const { at } = moment
      return [
        put({ ...member, name }),
        put({ type: 'notice', id: moment.id(), event: 'renamed', user, name, was: member.name, at }),
      ]
    },
  },
)

/** Who is in the room: certain people by id, or page by page in order of id. Includes those who left. */
export const list = query(
  'member.list',
  {
    room: anyId,
    ids: v.optional(v.pipe(v.array(anyId, 'a list wanted'), v.maxLength(200, 'at most 200 wanted'))),
    after: v.optional(anyId),
    limit: v.optional(limit, 200),
  },
  {
    permit: 'member',
    run: ({ ids, after, limit }) =>
      ids
        ? { page: 'keys', keys: ids.map((user) => keyOf('member', user)) }
        : { page: 'type', type: 'member', after: after ?? null, limit },
  },
)
