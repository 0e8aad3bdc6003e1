/**
 * What the server sends, as checkers: for the schema, and for tests that look at real frames. The compiler holds
 * them to the types of the protocol; no server imports them.
 */

import * as v from 'valibot'
import type { CommandAnswer, OpenAnswer, QueryAnswer, ServerFrame } from '../../src/protocol.ts'
import { errorCodes } from '../../src/protocol.ts'
import type { RecordType, WireOf } from '../../src/state/records.ts'

/** Checks a value and gives it this type. */
type Checker<T> = v.GenericSchema<unknown, T>

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** ms since 1970. */
const time = count
const roomKind = v.picklist(['room', 'group', 'dm', 'desk'])
/** What every record on the wire has besides its own fields. */
const base = { id: text, born: count }

export const records = {
  room: v.strictObject({
    type: v.literal('room'),
    ...base,
    kind: roomKind,
    name: text,
    code: v.nullable(text),
    vanish: v.boolean(),
    by: v.nullable(text),
    at: time,
    people: count,
  }),
  member: v.strictObject({
    type: v.literal('member'),
    ...base,
    name: text,
    rank: v.picklist(['owner', 'member']),
    at: time,
    left: v.nullable(time),
  }),
  message: v.strictObject({
    type: v.literal('message'),
    ...base,
    by: text,
    at: time,
    body: text,
    edited: v.nullable(time),
    expires: v.nullable(time),
  }),
  notice: v.strictObject({
    type: v.literal('notice'),
    ...base,
    event: v.picklist(['created', 'joined', 'left', 'renamed']),
    user: text,
    name: text,
    was: v.nullable(text),
    at: time,
  }),
  reaction: v.strictObject({
    type: v.literal('reaction'),
    ...base,
    message: text,
    by: text,
    emoji: v.array(text),
  }),
  pin: v.strictObject({ type: v.literal('pin'), ...base, by: text, at: time }),
  profile: v.strictObject({ type: v.literal('profile'), ...base, name: text }),
  read: v.strictObject({ type: v.literal('read'), ...base, rev: count }),
} as const satisfies { [T in RecordType]: Checker<WireOf<T>> }

const record = v.variant('type', [
  records.room,
  records.member,
  records.message,
  records.notice,
  records.reaction,
  records.pin,
  records.profile,
  records.read,
])
const recordType = v.picklist(Object.keys(records) as RecordType[])
const brief = v.strictObject({ id: text, by: text, name: text, at: time, text })
const limits = v.strictObject({
  body: count,
  bodyBytes: count,
  name: count,
  roomName: count,
  frame: count,
  inFlight: count,
  ttl: count,
  ttlMin: count,
  ttlMax: count,
})
const summary = { rev: count, kind: roomKind, name: text, unread: count, last: v.nullable(brief) }
const bump = v.strictObject({
  rev: count,
  unread: count,
  last: v.exactOptional(v.nullable(brief)),
  kind: v.exactOptional(roomKind),
  name: v.exactOptional(text),
})

/** `data` of an `ok`, by what was asked. */
export const answers = {
  command: v.strictObject({ rev: count, room: v.exactOptional(text) }),
  query: v.strictObject({ records: v.array(record), more: v.boolean(), rev: count }),
  open: v.strictObject({ rev: count, online: v.array(text), present: count, unread: count }),
  nothing: v.strictObject({}),
} satisfies {
  command: Checker<CommandAnswer>
  query: Checker<QueryAnswer>
  open: Checker<OpenAnswer>
  nothing: Checker<object>
}

export const serverFrames = {
  hello: v.strictObject({
    t: v.literal('hello'),
    protocol: count,
    epoch: text,
    user: v.strictObject({ id: text, name: text, desk: text }),
    lobby: text,
    rooms: v.array(v.strictObject({ room: text, ...summary })),
    limits,
    now: time,
  }),
  sync: v.strictObject({
    t: v.literal('sync'),
    room: text,
    from: count,
    rev: count,
    put: v.array(record),
    del: v.array(v.strictTuple([recordType, text])),
    reset: v.exactOptional(v.literal(true)),
    floor: v.exactOptional(count),
  }),
  ok: v.strictObject({
    t: v.literal('ok'),
    ref: count,
    data: v.union([answers.open, answers.query, answers.command, answers.nothing]),
  }),
  no: v.strictObject({
    t: v.literal('no'),
    ref: v.nullable(count),
    code: v.picklist(errorCodes),
    why: v.pipe(text, v.nonEmpty()),
    retry: v.nullable(count),
  }),
  signal: v.variant('name', [
    v.strictObject({ t: v.literal('signal'), room: text, name: v.literal('typing'), user: text }),
    v.strictObject({
      t: v.literal('signal'),
      room: text,
      name: v.literal('presence'),
      online: v.array(text),
      offline: v.array(text),
      present: count,
      whole: v.exactOptional(v.literal(true)),
    }),
  ]),
  bump: v.strictObject({ t: v.literal('bump'), rooms: v.record(text, v.nullable(bump)) }),
  beat: v.strictObject({ t: v.literal('beat'), rooms: v.record(text, count) }),
  bye: v.strictObject({ t: v.literal('bye'), after: v.pipe(v.number(), v.minValue(0)) }),
} as const satisfies { [T in ServerFrame['t']]: Checker<Extract<ServerFrame, { t: T }>> }
