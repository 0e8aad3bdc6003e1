/** What crosses between the main thread and a worker. Types only. */

import type { Synchronous } from './start.ts'

/** What a thread is for. `both`: a database in memory, which two threads cannot share. */
export interface Duty {
  /** `null`: in memory. */
  file: string | null
  role: 'writer' | 'reader' | 'both'
  synchronous: Synchronous
}

export type Request = [n: number, op: string, ...args: unknown[]]
export type Reply = [n: number, error: string | null, value: unknown]
/** Of one item of a group or of one of several reads. A group answers `null` when every item answered `null`. */
export type Result = [error: string | null, value: unknown]
