/** What travels between a client and the server, as types and names. It never validates and never sends. */

import type { RecordType, RoomKind, WireRecord } from './state/records.ts'

/** Version in `hello`. It changes only when an old client could no longer understand a new server. */
export const PROTOCOL = 1

/** Every code that a `no` can carry; SPEC.md says when. */
export const errorCodes = [
  'bad_frame', // not JSON, no object, or a field that is missing, of the wrong type or too long; `why` names it
  'unknown_frame', // no frame has this name
  'not_found', // it does not exist, or you may not see it: one answer for both
  'forbidden', // you may see it, but not do this
  'conflict', // the id is in use for something else
  'taken', // the name belongs to somebody who is here now
  'limit', // a named bound is reached
  'too_fast', // over the rate; come again in `retry` ms
  'busy', // the server has too much waiting; come again in `retry` ms
  'unavailable', // the store does not answer; nothing was stored; come again in `retry` ms
  'internal', // a bug of ours; it is in the log
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** Close codes: 4000–4499 mean “come back”, 4500–4999 “do not”. 1009, 1007 and 1002 come from the WebSocket layer. */
export const closeCodes = {
  restart: 1012, // the server stops as planned; `bye` said when to return
  unsupported: 1003, // a binary message
  slow: 4000, // nothing read for 60 s
  silent: 4001, // no sign of life
  flood: 4002, // control frames or rubbish without end
  ended: 4500, // logged out, or the session expired
} as const

/** Records as they stand on the wire: their own fields, `type`, `id`, and the rev at which they first appeared. */
export interface SyncFrame {
  t: 'sync'
  room: string
  from: number
  rev: number
  put: WireRecord[]
  /** `[type, id]` of what is gone. */
  del: [type: RecordType, id: string][]
  /** Present on a fresh window: forget what you knew of this room. `from` is 0 then. */
  reset?: true
  /** With `reset`: the timeline is complete from this rev on; 0 when nothing is older. */
  floor?: number
}

export interface OkFrame {
  t: 'ok'
  ref: number
  data: unknown
}

/** `data` of a command's `ok`. */
export interface CommandAnswer {
  /** Of the change; for what exists already, its `born`. */
  rev: number
  /** The room, where the frame did not name it by id. */
  room?: string
}

/** `data` of a query's `ok`: the timeline newest first, then what hangs on it and its authors' member records. */
export interface QueryAnswer {
  records: WireRecord[]
  more: boolean
  /** The room's rev when it was read. */
  rev: number
}

/** `data` of `room.open`'s `ok`, which comes after the syncs that bring the client up to date. */
export interface OpenAnswer {
  rev: number
  /** Who of the members is here, at most 1,000 of them. */
  online: string[]
  /** How many are here. */
  present: number
  /** As in `hello`. */
  unread: number
}

export interface NoFrame {
  t: 'no'
  /** `null` when the frame was too broken to have one. */
  ref: number | null
  code: ErrorCode
  /** A sentence for a person. */
  why: string
  /** ms after which trying again makes sense; `null`: never. */
  retry: number | null
}

export interface TypingSignal {
  t: 'signal'
  room: string
  name: 'typing'
  user: string
}

export interface PresenceSignal {
  t: 'signal'
  room: string
  name: 'presence'
  online: string[]
  offline: string[]
  /** How many are here now. */
  present: number
  /** `online` are all who are here, and nobody else is: told to who missed some of the changes. */
  whole?: true
}

export type SignalFrame = TypingSignal | PresenceSignal

/** The newest message of a room, short enough for a list of rooms. */
export interface Brief {
  id: string
  by: string
  /** Name of the author. */
  name: string
  /** ms since 1970. */
  at: number
  /** At most 120 characters. */
  text: string
}

/** A room in `hello`. `unread` stops counting at 100. */
export interface RoomSummary {
  room: string
  rev: number
  kind: RoomKind
  name: string
  unread: number
  last: Brief | null
}

export type { RoomKind } from './state/records.ts'

/** Bounds that a client needs to know. Lengths in code points unless said otherwise, times in ms. */
export interface Limits {
  body: number
  /** UTF-8 bytes of a body. */
  bodyBytes: number
  name: number
  roomName: number
  /** Bytes of a frame. */
  frame: number
  /** Unanswered frames per connection. */
  inFlight: number
  /** Lifetime of a temporary message when none is given, and the bounds of one. */
  ttl: number
  ttlMin: number
  ttlMax: number
}

export interface Self {
  id: string
  name: string
  /** The room of one's own; see “desk” in SPEC.md. */
  desk: string
}

export interface HelloFrame {
  t: 'hello'
  protocol: number
  epoch: string
  user: Self
  /** The room that everybody is in. */
  lobby: string
  rooms: RoomSummary[]
  limits: Limits
  /** Server time in ms, so that countdowns do not depend on the client's clock. */
  now: number
}

export interface Bump {
  rev: number
  unread: number
  /** Absent when the newest message did not change, nor its author's name. */
  last?: Brief | null
}

/** News of rooms that you are in but have not open; a room you no longer are in is `null`. Coalesced. */
export interface BumpFrame {
  t: 'bump'
  rooms: Record<string, (Bump & Partial<Pick<RoomSummary, 'kind' | 'name'>>) | null>
}

/** Heartbeat of the server: the rev of each room that is open. A client behind asks `room.open` again. */
export interface BeatFrame {
  t: 'beat'
  rooms: Record<string, number>
}

/** A planned close: come back after so many ms. */
export interface ByeFrame {
  t: 'bye'
  after: number
}

export type ServerFrame =
  | HelloFrame
  | SyncFrame
  | OkFrame
  | NoFrame
  | SignalFrame
  | BumpFrame
  | BeatFrame
  | ByeFrame
