/** Messages: sent, edited, deleted, and read page by page. */

import * as v from 'valibot'
import { command, del, kept, put, query, refuse } from '../feature.ts'
import { anyId, body, id, limit, rev, ttl } from '../fields.ts'
import type { MessageRecord } from '../state/records.ts'
import { isDue, keyOf } from '../state/records.ts'

const noSuchMessage = () => refuse('not_found', 'This message does not exist any more.')

export const send = command(
  'message.send',
  { room: anyId, id, body, ttl: v.optional(ttl) },
  {
    permit: 'member',
    weight: 'message',
    run(room, fields, actor, moment) {
      const before = room.trace('message', fields.id)
      if (before) {
        const message = room.get('message', fields.id)
        return before.author === actor.id && (!message || isSame(message, fields.body, fields.ttl))
          ? kept(before.born)
          : refuse('conflict', 'This id is in use for another message.')
      }
      const message: MessageRecord = {
        type: 'message',
        id: fields.id,
        by: actor.id,
        at: moment.at,
        body: fields.body,
        edited: null,
        expires: fields.ttl === undefined ? null : moment.now + fields.ttl,
      }
      return [put(message)]
    },
  },
)

export const edit = command(
  'message.edit',
  { room: anyId, id: anyId, body },
  {
    permit: 'member',
    weight: 'message',
    reads: (fields) => [keyOf('message', fields.id)],
    run(room, fields, actor, moment) {
      const message = room.get('message', fields.id)
      if (!message || isDue(message, moment.now)) return noSuchMessage()
      if (message.by !== actor.id) return refuse('forbidden', 'Only who wrote a message can edit it.')
      if (message.body === fields.body) return []
      return [put({ ...message, body: fields.body, edited: moment.at })]
    },
  },
)

/** Gone from everywhere and for good; deleting what is deleted already is `ok`. */
export const remove = command(
  'message.delete',
  { room: anyId, id: anyId },
  {
    permit: 'member',
    weight: 'light',
    reads: (fields) => [keyOf('message', fields.id)],
    run(room, fields, actor) {
      const trace = room.trace('message', fields.id)
      if (!trace) return noSuchMessage()
      if (trace.author !== actor.id) return refuse('forbidden', 'Only who wrote a message can delete it.')
      return trace.gone ? [] : [del('message', fields.id)]
    },
  },
)

/** The timeline before a `born` (without it: the newest), newest first, with what hangs on it. */
export const history = query(
  'message.history',
  { room: anyId, before: v.optional(rev), limit: v.optional(limit, 50) },
  {
    permit: 'member',
    run: (fields) => ({ page: 'timeline', before: fields.before ?? null, limit: fields.limit }),
  },
)

/** Single messages by id, with what hangs on them: for pins and links into the past. */
export const get = query(
  'message.get',
  { room: anyId, ids: v.pipe(v.array(anyId, 'a list wanted'), v.maxLength(100, 'at most 100 wanted')) },
  {
    permit: 'member',
    run: (fields) => ({ page: 'keys', keys: fields.ids.map((message) => keyOf('message', message)) }),
  },
)

/** An edited message cannot be compared with what was sent once; its id and author must do. */
function isSame(message: MessageRecord, sent: string, lifetime: number | undefined): boolean {
  if (message.edited !== null) return true
  if (message.expires === null || lifetime === undefined)
    return message.body === sent && message.expires === null && lifetime === undefined
  // The time shown may be later than it was, and never is earlier: what is left of the lifetime is no more than that.
  return message.body === sent && message.expires - message.at <= lifetime
}
