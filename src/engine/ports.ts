/** What the engine asks of the world, as interfaces. Each has one contract suite that every implementation passes. */

import type { Refusal } from '../feature.ts'
import type { Key, RecordType, RoomKind, WireRecord } from '../state/records.ts'
import type { Figure, Sample } from './figure.ts'
import type { Changes, Page, Window } from './page.ts'

export type { Changes, Figure, Page, Refusal, Sample, Window }

export interface Clock {
  /** ms since 1970. */
  now(): number
  /** ms of a clock that is never set. For durations. */
  elapsed(): number
  /** Calls once after so many ms. The timer never keeps the process alive. */
  after(ms: number, call: () => void): Cancel
}
export type Cancel = () => void

export interface Log {
  info(event: string, fields?: Record<string, unknown>): void
  warn(event: string, fields?: Record<string, unknown>): void
  error(event: string, fields?: Record<string, unknown>): void
}

/** One record as the store keeps it. `body` is its JSON as on the wire (with `born`); `null` is a tombstone. */
export interface StoredRow {
  key: Key
  rev: number
  born: number
  author: string | null
  body: string | null
}

/** One record to write. */
export interface Row extends StoredRow {
  type: string
  /** It must not exist yet, not even as a tombstone; if it does, the whole batch is `stale`. */
  fresh: boolean
  /** It takes part in the timeline. */
  timeline: boolean
  /** It counts as unread, and a list of rooms shows the newest one. */
  counts: boolean
  /** Id of the message it hangs on. It goes when that one goes. */
  on: string | null
  /** ms since 1970. */
  expires: number | null
}

/** What the store knows of a room besides its records. */
export interface Head {
  kind: RoomKind
  /** Normalised; unique among rooms. */
  code: string | null
  vanish: boolean
}

/** A change of one room, all or nothing. */
export interface Batch {
  room: string
  /** The rev the room must be at; 0: nothing is known of it, not even the clock of one that was erased. */
  from: number
  rev: number
  /** Shown time of the last change, ms since 1970. */
  at: number
  /** `null`: as it was. */
  head: Head | null
  rows: Row[]
  /** Who came into the room or left it. */
  members: [user: string, isIn: boolean][]
  /** People who wrote for the first time since the server started: they are not forgotten. */
  wrote: string[]
  /** JSON of jobs to be done afterwards. */
  jobs: string[]
  /** Remove the room and everything in it; `rows` is empty then, `jobs` need not be. */
  erase: boolean
}

export type CommitResult =
  | { kind: 'done'; jobs: StoredJob[] }
  /** Nothing was written: the room is at another rev, or fresh keys exist. What is there now. */
  | { kind: 'stale'; rev: number; rows: StoredRow[] }
  /** Nothing was written: the disk is full, and takes only batches that make nothing larger, such as deletions. */
  | { kind: 'full' }
  /** Nothing was written, or nobody knows. */
  | { kind: 'failed'; error: Error }

export interface StoredJob {
  n: number
  job: string
}

/** A room as it is loaded into memory: its clock and all records of `whole` kinds. */
export interface Loaded {
  rev: number
  at: number
  rows: StoredRow[]
}

/** A room in a list of rooms. Texts are records as on the wire. */
export interface Summary {
  rev: number
  kind: RoomKind
  /** The `room` record; `null` for a desk. */
  record: string | null
  /** The newest record that counts, and its author's member record. */
  last: string | null
  lastMember: string | null
}

export interface User {
  id: string
  /** ms since 1970. */
  created: number
}

export interface Session {
  /** SHA-256 of the token, hex. */
  hash: string
  user: string
  created: number
  /** Last use; moved at most every few minutes. */
  seen: number
}

/**
 * Where everything lasting is. A promise rejects, and a commit is `failed`, only when the store itself fails.
 * Reads see every commit that was reported `done` before they were asked.
 */
export interface Store {
  /** Changes when a backup was restored: positions of before mean nothing then. */
  readonly epoch: string
  /** `null`: there is no such room. One that was erased has its last rev, and nothing else. `whole`: the types wanted. */
  load(room: string, whole: readonly string[]): Promise<Loaded | null>
  /** Rows by key (also tombstones), and whatever hangs on the messages given. Absent ones are left out. */
  read(room: string, keys: readonly Key[], hangingOn: readonly string[]): Promise<StoredRow[]>
  /** Durable before `done` is called. Batches given together may share one transaction and one fsync. */
  commit(batch: Batch, done: (result: CommitResult) => void): void
  /**
   * The records of `whole` kinds, the messages these hang on, the newest `limit` of the timeline, what hangs on
   * those, the member records of all authors among them and that of `self`. Expired ones are left out, as everywhere.
   * In `space` if they fit, which is memory that threads share.
   */
  window(
    room: string,
    whole: readonly string[],
    self: string,
    limit: number,
    now: number,
    space?: Uint8Array,
  ): Promise<Window>
  /**
   * Changes after `since` in order of rev, about `limit` at a time, never half a rev. `null`: too long ago, more
   * than `most` revs and records, or a position that the room never had. In `space`, as above.
   */
  changes(
    room: string,
    since: number,
    limit: number,
    most: number,
    now: number,
    space?: Uint8Array,
  ): Promise<Changes | null>
  /** The timeline before a `born`, newest first; then what hangs on it and its authors' member records. */
  timeline(room: string, before: number | null, limit: number, now: number): Promise<Page>
  /** Records of a type that is in no timeline, in order of id, after one. Tombstones are left out. */
  list(room: string, type: string, after: string | null, limit: number): Promise<Page>
  /** Records by key, what hangs on them, and the member records of their authors. `more`: not all fitted. */
  get(room: string, keys: readonly Key[], now: number): Promise<Page>
  /** `null`: there is no such room. */
  summary(room: string, now: number): Promise<Summary | null>
  /** The rooms a person is in. */
  roomsOf(user: string): Promise<string[]>
  /** Records that count, not by `user`, born after `since` (`null`: after they came in), to `cap`; the rev then. */
  unread(
    room: string,
    user: string,
    since: number | null,
    cap: number,
    now: number,
  ): Promise<{ count: number; rev: number }>
  /** The room behind a code. */
  resolve(code: string): Promise<string | null>
  /** What is due, oldest first. */
  expired(now: number, limit: number): Promise<{ room: string; key: Key }[]>
  /** Rooms made to vanish. */
  vanishing(): Promise<string[]>
  /** Jobs not yet finished, oldest first. */
  jobs(limit: number): Promise<StoredJob[]>
  finish(jobs: readonly number[]): Promise<void>
  /**
   * Drops tombstones older than `before` (ms since 1970) and moves what was deleted out of every file; later, if
   * somebody reads for long.
   */
  tidy(before: number): Promise<void>

  addUser(user: User, session: Session): Promise<void>
  addSession(session: Session): Promise<void>
  session(hash: string): Promise<Session | null>
  /** The person used the session now. */
  touch(hash: string, seen: number): Promise<void>
  endSession(hash: string): Promise<void>
  /** All sessions of the person. */
  endSessionsOf(user: string): Promise<void>
  /** People who never wrote and were last seen before. */
  forgettable(before: number, limit: number): Promise<string[]>
  /** Removes the person, their sessions and their desk. Their member records are the engine's business. */
  forget(user: string): Promise<void>

  /** Commits what was handed over, checkpoints, closes. */
  close(): Promise<void>
}

/** What changed in a room from one rev to another; already on disk. */
export interface Commit {
  room: string
  from: number
  rev: number
  put: WireRecord[]
  del: [type: RecordType, id: string][]
}

/** What one node tells the others. Ordered per room within one node; may be lost between nodes. */
export type News =
  /** `text` is the `sync` frame, encoded once. */
  | { kind: 'commit'; commit: Commit; text: string }
  /** The room and everything in it is gone. */
  | { kind: 'erased'; room: string }
  /** `except`: the person who need not hear it. */
  | { kind: 'signal'; room: string; text: string; except: string | null }

/** Carries news to every node, this one included. */
export interface Bus {
  publish(news: News): void
  /** Returns what ends the subscription. A subscriber that throws does not disturb the others. */
  subscribe(hear: (news: News) => void): Cancel
  close(): Promise<void>
}

/** One connection as the engine sees it. The network implements it. */
export interface Link {
  /** Where it comes from, in canonical form (IPv6 by /64); for limits. */
  readonly address: string
  /** Writes bytes made by `Encode` in one piece. Never throws; does nothing when closed. */
  write(bytes: Uint8Array): void
  /** The same with bytes that are the caller's again once `taken` is called: when they are out, or the connection broken. */
  lend(bytes: Uint8Array, taken: () => void): void
  /** Bytes that the other end has not yet taken. Small, but between `behind` and `drained`. */
  readonly backlog: number
  /** Too many frames in flight: read no more until `resume`. */
  pause(): void
  resume(): void
  close(code: number, why: string): void
}

/** A frame for all its receivers, header and all, or several and frames made before, in one piece. */
export type Encode = (what: string | Around | readonly (string | Uint8Array)[]) => Uint8Array

/** A frame whose middle is bytes already. Nothing else may lie in their memory: it is written around them if it fits. */
export interface Around {
  before: string
  bytes: Uint8Array
  after: string
}

/** What the network may ask of the engine. */
export interface Engine {
  /**
   * Gives a person a name before they connect: the wish, or for `null` the one they have, else a random free one.
   * Refused: `taken`, `too_fast`, or `bad_frame` for what is no name.
   */
  introduce(user: string, wish: string | null): Promise<{ name: string } | Refusal>
  /** A person has connected: they are told `hello` and are in the lobby. Rejects when the store fails. */
  connect(user: string, link: Link): Promise<Peer>
  /** What it has counted since the start, and how things stand. */
  figures(): Figure[]
  /** Takes no more frames, answers those it has, says `bye` to everybody. Resolves when nothing is in flight. */
  drain(after: (peers: number) => number): Promise<void>
}

/** A connected person's end within the engine. */
export interface Peer {
  /** One text frame. Everything that can be wrong with it is answered with `no`. */
  receive(text: string): void
  /** The backlog has become large. */
  behind(): void
  /** It has become small again. */
  drained(): void
  /** Sends the application heartbeat. */
  beat(): void
  /** The connection is gone. Harmless twice. */
  disconnect(): void
}
