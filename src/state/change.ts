/** A room as a decision sees it, and the changes that a decision may want. Pure words; they do nothing. */

import type { AnyRecord, RecordOf, RecordType } from './records.ts'

/** Where a record has been: a tombstone leaves one too. */
export interface Trace {
  born: number
  author: string | null
  gone: boolean
}

/** A room as a decision sees it: with all that the commands before it in the same batch have done. */
export interface RoomView {
  readonly id: string
  /** Of the last change. A room that does not exist has 0. */
  readonly rev: number
  /** Known only for kinds that are `whole` and for keys that the command `reads`. */
  get<T extends RecordType>(type: T, id: string): RecordOf<T> | undefined
  trace(type: RecordType, id: string): Trace | undefined
  /** All records of a `whole` kind. */
  all<T extends RecordType>(type: T): readonly RecordOf<T>[]
  /** What hangs on a message; known only if the command `reads` it by `hangingOn`. */
  hanging(message: string): AnyRecord[]
}

export type Change =
  | { kind: 'put'; record: AnyRecord }
  | { kind: 'del'; type: RecordType; id: string }
  | { kind: 'later'; job: Job }
  | { kind: 'erase' }

/** The record shall be as given, whether it was there or not. */
export const put = (record: AnyRecord): Change => ({ kind: 'put', record })
/** The record, and what hangs on it, shall be gone; a tombstone without a body stays. */
export const del = (type: RecordType, id: string): Change => ({ kind: 'del', type, id })
/** Another room shall follow: written with this change, done after it, at least once. */
export const later = (job: Job): Change => ({ kind: 'later', job })
/** The whole room shall be gone: its records and its code. Nothing else may be in the same answer. */
export const erase = (): Change => ({ kind: 'erase' })

/** A system command to be run in other rooms. It must be harmless when done twice. */
export interface Job {
  /** One room by id, or each room that a person is in when the job is done. */
  to: { room: string } | { roomsOf: string }
  frame: string
  fields: Record<string, unknown>
}
