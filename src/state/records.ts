/** The data dictionary: every kind of record that syncs, its shape, and what the kernel must know of it. */

/** `desk`: a room with one member, one per person. */
export type RoomKind = 'room' | 'group' | 'dm' | 'desk'

interface Base {
  id: string
}

/** The room itself; its id is the room's. */
export interface RoomRecord extends Base {
  type: 'room'
  kind: RoomKind
  name: string
  /** The code that lets people in; `null` for rooms entered otherwise. */
  code: string | null
  /** Gone, with everything in it, after its last person. */
  vanish: boolean
  /** Who made it; `null` for the lobby. */
  by: string | null
  at: number
  /** How many members it has, not counting those who left. */
  people: number
}

export type Rank = 'owner' | 'member'

/** A person in a room; its id is the person's. Stays, marked as left, while messages of theirs do. */
export interface MemberRecord extends Base {
  type: 'member'
  name: string
  rank: Rank
  at: number
  left: number | null
}

export interface MessageRecord extends Base {
  type: 'message'
  by: string
  /** ms since 1970, by the server's clock; never runs backwards within a room. */
  at: number
  body: string
  /** When it was last edited; `null`: never. */
  edited: number | null
  /** When it disappears; `null`: never. */
  expires: number | null
}

/** Something that happened to the room, in the timeline. Names are copied, so that it reads the same for ever. */
export interface NoticeRecord extends Base {
  type: 'notice'
  event: 'created' | 'joined' | 'left' | 'renamed'
  user: string
  name: string
  /** The name before, for `renamed`. */
  was: string | null
  at: number
}

/** What one person thinks of one message; its id is `message.user`. */
export interface ReactionRecord extends Base {
  type: 'reaction'
  message: string
  by: string
  emoji: string[]
}

/** A message kept at the top; its id is the message's. */
export interface PinRecord extends Base {
  type: 'pin'
  by: string
  at: number
}

/** Desk: who I am. Its id is the person's. */
export interface ProfileRecord extends Base {
  type: 'profile'
  name: string
}

/** Desk: how far I have read a room; its id is the room's. */
export interface ReadRecord extends Base {
  type: 'read'
  rev: number
}

export type AnyRecord =
  | RoomRecord
  | MemberRecord
  | MessageRecord
  | NoticeRecord
  | ReactionRecord
  | PinRecord
  | ProfileRecord
  | ReadRecord
export type RecordType = AnyRecord['type']
/** Types that can be listed: the others are in the timeline, and are found by their place there. */
export type ListedType = Exclude<RecordType, 'message' | 'notice'>
export type RecordOf<T extends RecordType> = Extract<AnyRecord, { type: T }>
/** A record as it travels and is stored: with the rev at which it first appeared. */
export type WireRecord = AnyRecord & { born: number }
export type WireOf<T extends RecordType> = RecordOf<T> & { born: number }

/** What the kernel knows of a kind; everything else in a record is the business of its feature. */
export interface Kind<R> {
  /**
   * How a window finds it. `whole`: all of them come with every window and stay in memory, so there must be
   * few. `timeline`: ordered by `born` and paged. `keyed`: comes when asked for, or with what refers to it.
   */
  place: 'whole' | 'timeline' | 'keyed'
  /** The message it hangs on: it comes and goes with that one. */
  on?: (record: R) => string
  /** The person who made it: their `member` record travels along in a window. */
  author?: (record: R) => string | null
  /** When the sweeper takes it away (ms since 1970); `null`: never. */
  expires?: (record: R) => number | null
  /** What a list of rooms shows of it. A kind that has this counts as unread. */
  brief?: (record: R) => string
  /** On a desk: how far its person has read the room that the record's id names. */
  marks?: (record: R) => number
}

type Place<T> = T extends ListedType ? 'whole' | 'keyed' : 'timeline'

export const kinds: { readonly [T in RecordType]: Kind<RecordOf<T>> & { place: Place<T> } } = {
  room: { place: 'whole' },
  member: { place: 'keyed' },
  message: {
    place: 'timeline',
    author: (message) => message.by,
    expires: (message) => message.expires,
    brief: (message) => message.body,
  },
  notice: { place: 'timeline' },
  reaction: { place: 'keyed', on: (reaction) => reaction.message, author: (reaction) => reaction.by },
  pin: { place: 'whole', on: (pin) => pin.id },
  profile: { place: 'whole' },
  read: { place: 'whole', marks: (read) => read.rev },
}

/** The key of a record within its room. Types hold no `/`, so it can be taken apart again. */
export type Key = string
export const keyOf = (type: RecordType, id: string): Key => `${type}/${id}`

export const isRecordType = (type: string): type is RecordType => Object.hasOwn(kinds, type)

/** `[type, id]` of a key. Throws on what `keyOf` did not make. */
export function splitKey(key: Key): [type: RecordType, id: string] {
  const slash = key.indexOf('/')
  const type = key.slice(0, slash)
  if (!isRecordType(type)) throw new Error(`not the key of a record: ${key}`)
  return [type, key.slice(slash + 1)]
}

/** The kind of a record, typed for any record. */
export function kindOf(record: AnyRecord): Kind<AnyRecord> {
  return kinds[record.type] as Kind<AnyRecord>
}

/** Its time has come: it counts as gone, even if the sweeper has yet to come by. `at`: ms since 1970. */
export function isDue(record: AnyRecord, at: number): boolean {
  const expires = kindOf(record).expires?.(record) ?? null
  return expires !== null && expires <= at
}

/** The one room that everybody is in. */
export const LOBBY = 'lobby'
/** Id of a person's desk. */
export const deskOf = (user: string): string => `desk:${user}`
