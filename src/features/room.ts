/** Rooms: made, joined by code, left, opened; and gone with their last person if made so. */

import * as v from 'valibot'
import type { Actor, Change, Moment, RoomView } from '../feature.ts'
import { command, del, erase, kept, put, refuse, watch } from '../feature.ts'
import { anyId, code, flag, id, rev, roomName } from '../fields.ts'
import type { NoticeRecord, Rank, RoomRecord } from '../state/records.ts'
import { LOBBY } from '../state/records.ts'

export const create = command(
  'room.create',
  { room: id, name: roomName, vanish: v.optional(flag, false) },
  {
    permit: 'anyone',
    weight: 'message',
    run(room, fields, actor, moment) {
      const before = room.get('room', room.id)
      if (before) {
        const isMine =
          before.by === actor.id && before.name === fields.name && before.vanish === fields.vanish
        return isMine
          ? kept(room.trace('room', room.id)?.born ?? 0)
          : refuse('conflict', 'This id is in use for another room.')
      }
      const record: RoomRecord = {
        type: 'room',
        id: room.id,
        kind: 'room',
        name: fields.name,
        code: moment.code(),
        vanish: fields.vanish,
        by: actor.id,
        at: moment.at,
        people: 1,
      }
      return [put(record), member(room, actor, 'owner', moment), notice('created', actor, moment)]
    },
  },
)

/** By code; by id only where no code is needed, which is the lobby. */
export const join = command(
  'room.join',
  { room: v.optional(anyId), code: v.optional(code) },
  {
    permit: 'anyone',
    weight: 'message',
    run(room, fields, actor, moment) {
      const record = room.get('room', room.id)
      const isInvited = fields.code !== undefined ? record?.code === fields.code : room.id === LOBBY
      if (!record || !isInvited) return refuse('not_found', 'There is no room with this code.')
      const me = room.get('member', actor.id)
      if (me && me.left === null) return kept(room.trace('member', actor.id)?.born ?? 0)
      return [
        put({ ...record, people: record.people + 1 }),
        member(room, actor, me?.rank ?? 'member', moment),
        notice('joined', actor, moment),
      ]
    },
  },
)

export const leave = command(
  'room.leave',
  { room: anyId },
  {
    permit: 'member',
    weight: 'message',
    run(room, _fields, actor, moment) {
      if (room.id === LOBBY) return refuse('forbidden', 'Everybody is in the lobby.')
      return gone(room, actor.id, moment)
    },
  },
)

/** Somebody who never wrote is forgotten: out of the room without a word. Older notices keep the name that they say. */
export const forget = command(
  'room.forget',
  { room: anyId, user: anyId },
  {
    permit: 'system',
    reads: (fields) => [`member/${fields.user}`],
    run(room, { user }) {
      const record = room.get('room', room.id)
      const them = room.get('member', user)
      if (!record || !them) return []
      const people = record.people - (them.left === null ? 1 : 0)
      if (people === 0 && record.vanish) return [erase()]
      return [put({ ...record, people }), del('member', user)]
    },
  },
)

/** The last connection of a vanishing room has been gone for long enough. */
export const vanish = command(
  'room.vanish',
  { room: anyId },
  {
    permit: 'system',
    run: (room) => (room.get('room', room.id)?.vanish ? [erase()] : []),
  },
)

/** The lobby is made at the first start. */
export const found = command(
  'room.found',
  { room: anyId, name: roomName },
  {
    permit: 'system',
    run(room, fields, _actor, moment) {
      if (room.get('room', room.id)) return []
      const record: RoomRecord = {
        type: 'room',
        id: room.id,
        kind: 'room',
        name: fields.name,
        code: null,
        vanish: false,
        by: null,
        at: moment.at,
        people: 0,
      }
      return [put(record)]
    },
  },
)

/** Subscribes and catches up: from `since` if that is known in this `epoch`, otherwise with a fresh window. */
export const open = watch('room.open', 'open', {
  room: anyId,
  since: v.optional(rev),
  epoch: v.optional(v.pipe(v.string('text wanted'), v.maxLength(64, 'at most 64 characters wanted'))),
})

export const close = watch('room.close', 'close', { room: anyId })

function member(room: RoomView, actor: Actor, rank: Rank, moment: Moment): Change {
  const since = room.get('member', actor.id)?.at ?? moment.at
  return put({ type: 'member', id: actor.id, name: actor.name, rank, at: since, left: null })
}

function notice(event: NoticeRecord['event'], who: { id: string; name: string }, moment: Moment): Change {
  return put({
    type: 'notice',
    id: moment.id(),
    event,
    user: who.id,
    name: who.name,
    was: null,
    at: moment.at,
  })
}

function gone(room: RoomView, user: string, moment: Moment): Change[] {
  const record = room.get('room', room.id)
  const me = room.get('member', user)
  if (!record || !me || me.left !== null) return []
  const people = record.people - 1
  if (people === 0 && record.vanish) return [erase()]
  return [
    put({ ...record, people }),
    put({ ...me, left: moment.at }),
    notice('left', { id: user, name: me.name }, moment),
  ]
}
