/** What the client library gives to the page, to bots and to tests, as types. It holds no behaviour. */

import type { Answered, FrameName, Sent } from '../src/features/index.ts'
import type { CommandAnswer, Limits, RoomSummary, Self } from '../src/protocol.ts'
import type { WireOf } from '../src/state/records.ts'
import type { Room } from '../src/state/room.ts'
import type { Refused } from './errors.ts'

/** `offline`: logged out, ended by the server, or the machine says that it has no network. */
export type Status = 'connecting' | 'connected' | 'reconnecting' | 'offline'

/** Ends what the call that returned it began. */
export type Stop = () => void

/** Commands that wait in the outbox until they are answered. Doing one of them twice is harmless. */
export type QueuedName =
  | 'message.send'
  | 'message.edit'
  | 'message.delete'
  | 'reaction.add'
  | 'reaction.remove'
  | 'pin.add'
  | 'pin.remove'

interface PendingOf<N extends QueuedName> {
  /** Of the entry; for `message.send` it is the message's id. */
  readonly id: string
  /** Whose it is: another person's are not sent. */
  readonly person: string
  readonly room: string
  readonly name: N
  readonly fields: Sent<N>
  /** Server time in ms when it was written. */
  readonly at: number
  /** Grows with every entry: the order of sending. */
  readonly order: number
  readonly state: 'waiting' | 'failed'
  /** Why it failed, as a sentence for a person; `null` while it waits. */
  readonly why: string | null
}
/** A command that has no answer yet, or a refused one that waits for a decision. */
export type Pending = { [N in QueuedName]: PendingOf<N> }[QueuedName]

/** A place of the timeline as it is to be shown. The same object as long as nothing in it changes. */
export interface Shown {
  /** A message or notice. What is not stored yet has `born: Infinity`. */
  readonly record: WireOf<'message'> | WireOf<'notice'>
  /** `stored`: as on the server. `waiting`: on its way. `failed`: refused, `pending.why` says why. */
  readonly state: 'stored' | 'waiting' | 'failed'
  /** The command behind `waiting` and `failed`: for `retry` and `discard`. */
  readonly pending: Pending | null
}

export interface Reaction {
  readonly emoji: string
  /** Ids of people. */
  readonly by: readonly string[]
}

export interface Pinned {
  readonly pin: WireOf<'pin'>
  /** `undefined` while it is being fetched. */
  readonly message: WireOf<'message'> | undefined
}

/** What was sent, and the promise of its answer, which nobody has to wait for: refusals show in the timeline. */
export interface Sending {
  readonly id: string
  /** Rejects with `Refused`, or with `Lost` when it is discarded. */
  readonly stored: Promise<CommandAnswer>
}

/** What happened just now, for bots. Neither the first window nor older pages cause events. */
export interface RoomEvents {
  message: WireOf<'message'>
  edited: WireOf<'message'>
  /** Id of the message. */
  deleted: string
  joined: WireOf<'notice'>
  left: WireOf<'notice'>
  renamed: WireOf<'notice'>
  presence: { readonly online: readonly string[]; readonly offline: readonly string[] }
  /** Id of the person. */
  typing: string
  /** Away for too long, or a restored backup: the room was loaded afresh, and events of between are missing. */
  reset: null
}

export interface OpenRoom {
  readonly id: string
  readonly room: Room
  /** Its first window is there. */
  readonly isReady: boolean
  /** Vanished, left, or never to be seen by me: it will not come back by itself. */
  readonly isGone: boolean
  /** Resolves with this room when its first window is there; rejects with `Refused` if there is none for me, with `Lost` when it is closed before. */
  ready(): Promise<OpenRoom>

  /** Ids of who is here, at most 1,000 of them. */
  readonly online: ReadonlySet<string>
  /** How many are here. */
  readonly present: number
  /** Ids of who is typing, without me. */
  readonly typists: readonly string[]
  /** Counted up to 100. */
  readonly unread: number
  /** Rev up to which I have read: messages born after it, and not mine, are new. */
  readonly readUpTo: number

  /** Oldest first, with what is on its way laid over. The same array until something changes. */
  timeline(): readonly Shown[]
  /** Fetches the page before the oldest one. Resolves when it is there; rejects with `Lost` without a connection. */
  loadOlder(): Promise<void>
  /** Nothing is older than what the timeline shows. */
  readonly isComplete: boolean
  reactions(message: string): readonly Reaction[]
  /** Newest pin first. Messages outside the window are fetched. */
  pinned(): readonly Pinned[]
  /** Somebody of this room. `undefined` while it is being fetched, or for a stranger. */
  member(id: string): WireOf<'member'> | undefined
  /** All who are known and have not left. */
  members(): readonly WireOf<'member'>[]
  /** Fetches the next page of members; `false` when there are no more. */
  loadMembers(): Promise<boolean>

  send(body: string, options?: { /** Lifetime in ms. */ ttl?: number }): Sending
  edit(message: string, body: string): Sending
  remove(message: string): Sending
  react(message: string, emoji: string, on: boolean): Sending
  pin(message: string, on: boolean): Sending
  /** Sends a failed command again. */
  retry(pending: string): void
  /** Gives up a command that has failed or waits. */
  discard(pending: string): void
  /** All that is there is read. Cheap to call often. */
  markRead(): void
  /** This message and all after it are new again. */
  markUnread(message: string): void
  /** I am typing. Cheap to call often. */
  typing(): void
  leave(): Promise<void>
  /** Ends the subscription; the room stays in the list. */
  close(): void

  on<E extends keyof RoomEvents>(event: E, hear: (what: RoomEvents[E], room: OpenRoom) => void): Stop
  /** Something about this room has changed. Coalesced into one call per turn. */
  subscribe(listener: () => void): Stop
}

export interface Chat {
  readonly status: Status
  /** ms since 1970 by the local clock: when it tries again; `null` if it does not. */
  readonly retryAt: number | null
  /** Why it does not try any more, with a sentence for a person: `login` begins anew. `null` while it tries. */
  readonly ended: Refused | null
  /** Empty ids and name before the first `hello`. */
  readonly me: Self
  /** Empty before the first `hello`. */
  readonly lobby: string
  readonly limits: Limits | null
  /** To come back as the same person; `null` where a cookie does that. */
  readonly token: string | null
  /** ms since 1970 by the server's clock. */
  serverNow(): number
  /** All rooms I am in, without the desk, by id; with live unread counts and last words. */
  readonly rooms: ReadonlyMap<string, RoomSummary>
  /** Commands without an answer, in all rooms. */
  readonly pending: readonly Pending[]

  /** Resolves at the first `hello`; rejects when logging in was refused. */
  ready(): Promise<Chat>
  /** Opens a room, or gives the one that is open. It stays open over reconnects until `close`. */
  open(room: string): OpenRoom
  /** Any frame of the protocol. Rejects with `Refused` (a `no`) or `Lost` (nobody knows what happened). */
  ask<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>>
  /** Id of the new room. */
  create(name: string, options?: { vanish?: boolean }): Promise<string>
  /** Id of the room behind a code, in whatever form it was typed. */
  join(code: string): Promise<string>
  rename(name: string): Promise<void>
  /** After the end of a session, or to be somebody else. Rejects with `Refused`, or `Lost` without an answer within 10 s. */
  login(name?: string): Promise<void>
  /** Rejects in the same way. */
  logout(): Promise<void>

  /** The network is back, or the page is looked at again: tries within a second, or checks the connection. */
  wake(): void
  /** The machine says that it has no network. */
  sleep(): void
  /** “Try now”. */
  tryNow(): void
  /** Closes the connection for good. */
  close(): void

  /** Something has changed: status, name, list of rooms, outbox. Coalesced into one call per turn. */
  subscribe(listener: () => void): Stop
}
