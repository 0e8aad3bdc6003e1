/**
 * The vocabulary in which features are written: frames that change a room (command), read it (query), pass
 * something on (signal) or subscribe to it (watch), and what a command may answer. Pure: it decides nothing itself.
 */

import type * as v from 'valibot'
import type { ErrorCode } from './protocol.ts'
import type { Change, RoomView } from './state/change.ts'
import type { Key, ListedType, Rank } from './state/records.ts'

export type { Change, Job, RoomView, Trace } from './state/change.ts'
export { del, erase, later, put } from './state/change.ts'

/** The fields of a frame besides `t` and `ref`, one checker each. What is not declared is dropped. */
export type Fields = Record<string, v.GenericSchema>
export type Values<F extends Fields> = v.InferOutput<v.ObjectSchema<F, undefined>>

/** Who acts: a person who is here, or the server itself. */
export interface Actor {
  readonly id: string
  readonly name: string
}

/** The server, when it acts by itself: in jobs and in the sweeper. */
export const SYSTEM: Actor = { id: '', name: '' }

/** What a pure decision may not find out by itself: time and chance. */
export interface Moment {
  /** ms since 1970, to be shown; never earlier than in any commit of the room before. */
  readonly at: number
  /** ms since 1970 by the clock as it is, which may have been set back: what lifetimes are counted from. */
  readonly now: number
  /** A fresh id of 21 characters. */
  id(): string
  /** A fresh room code of 10 characters. */
  code(): string
}

/** An expected no, with a sentence for a person. */
export interface Refusal {
  kind: 'refusal'
  code: ErrorCode
  why: string
  /** ms; `null`: trying again will not help. */
  retry: number | null
}

export const refuse = (code: ErrorCode, why: string, retry: number | null = null): Refusal => ({
  kind: 'refusal',
  code,
  why,
  retry,
})

/** It is already as the command wants it, since that rev: the answer to a resend. */
export interface Kept {
  kind: 'kept'
  rev: number
}

export const kept = (rev: number): Kept => ({ kind: 'kept', rev })

/**
 * What a command answers. An empty list of changes is “it is already so”. At most one *new* record of a timeline
 * kind may be among the changes, because `born` alone orders the timeline.
 */
export type Outcome = Change[] | Refusal | Kept

/** A key, or everything that hangs on a message. */
export type Want = Key | { hangingOn: string }
export const hangingOn = (message: string): Want => ({ hangingOn: message })

/**
 * Who may: `anyone` even if not in the room (or if there is no such room), a rank or above within it, or only the
 * server. Below `member` the room answers `not_found`; a member of too low a rank gets `forbidden`.
 */
export type Permit = 'anyone' | Rank | 'system'

/** `message`: counts against the rate at which a person may write. `light`: against that of all frames. */
export type Weight = 'message' | 'light'

export interface CommandRules<V> {
  permit: Permit
  weight?: Weight
  /** Which room: the one in the field `room` (or behind the field `code`), or the actor's desk. */
  in?: 'room' | 'desk'
  /**
   * What must be known before `run`, besides the actor's own member record and all `whole` kinds. Ids that a client
   * makes up are not looked up beforehand: should one exist, the store says so, and the command is decided again.
   */
  reads?(fields: V, actor: Actor): Want[]
  /** A name that must belong to nobody else who is here; the actor bears it once the command is through. */
  claims?(fields: V): string
  run(room: RoomView, fields: V, actor: Actor, moment: Moment): Outcome
}

/** What a query wants of the store. The answer is `{ records, more, rev }`. */
export type Ask =
  | { page: 'timeline'; before: number | null; limit: number }
  | { page: 'type'; type: ListedType; after: string | null; limit: number }
  | { page: 'keys'; keys: Key[] }

export interface QueryRules<V> {
  permit: 'member'
  run(fields: V, actor: Actor): Ask
}

interface Frame<N extends string, F extends Fields> {
  readonly name: N
  readonly fields: F
}

export interface Command<N extends string = string, F extends Fields = Fields> extends Frame<N, F> {
  readonly kind: 'command'
  readonly rules: CommandRules<Values<F>>
}
export interface Query<N extends string = string, F extends Fields = Fields> extends Frame<N, F> {
  readonly kind: 'query'
  readonly rules: QueryRules<Values<F>>
}
/** Passed on to everybody who has the room open, stored nowhere. */
export interface Signal<N extends string = string, F extends Fields = Fields> extends Frame<N, F> {
  readonly kind: 'signal'
}
/** `open` subscribes to a room, `close` ends that, `beat` only asks for a sign of life. */
export interface Watch<N extends string = string, F extends Fields = Fields> extends Frame<N, F> {
  readonly kind: 'watch'
  readonly does: 'open' | 'close' | 'beat'
}

export function command<const N extends string, F extends Fields>(
  name: N,
  fields: F,
  rules: CommandRules<Values<F>>,
): Command<N, F> {
  return { kind: 'command', name, fields, rules }
}

export function query<const N extends string, F extends Fields>(
  name: N,
  fields: F,
  rules: QueryRules<Values<F>>,
): Query<N, F> {
  return { kind: 'query', name, fields, rules }
}

export function signal<const N extends string, F extends Fields>(name: N, fields: F): Signal<N, F> {
  return { kind: 'signal', name, fields }
}

export function watch<const N extends string, F extends Fields>(
  name: N,
  does: Watch['does'],
  fields: F,
): Watch<N, F> {
  return { kind: 'watch', name, does, fields }
}
