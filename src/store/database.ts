/**
 * One SQLite connection with its prepared statements. The only file that talks to `node:sqlite`; it never decides
 * what is read or written.
 */

import type { StatementSync } from 'node:sqlite'
import { DatabaseSync } from 'node:sqlite'
import { asError } from './error.ts'

/** Never an object: `node:sqlite` takes an object in first place as named parameters and shifts the rest. */
export type Value = string | number | null

export class Database {
  readonly #db: DatabaseSync
  /** By their text, which is always a constant of ours, so that there are only so many. */
  readonly #statements = new Map<string, StatementSync>()

  /** Throws when the file cannot be opened. `readOnly` needs a file that exists. */
  constructor(path: string, options: { readOnly: boolean; busyTimeout: number }) {
    this.#db = new DatabaseSync(path, { readOnly: options.readOnly, timeout: options.busyTimeout })
  }

  /** What the columns hold is known from the schema alone, so the caller names the shape: the one cast of rows. */
  all<R>(sql: string, ...values: Value[]): R[] {
    return this.#prepare(sql).all(...values) as R[]
  }

  /** One after the other, so that no more is read than is taken. */
  each<R>(sql: string, ...values: Value[]): Iterable<R> {
    return this.#prepare(sql).iterate(...values) as Iterable<R>
  }

  get<R>(sql: string, ...values: Value[]): R | undefined {
    return this.#prepare(sql).get(...values) as R | undefined
  }

  /** How many rows it changed. */
  run(sql: string, ...values: Value[]): number {
    return Number(this.#prepare(sql).run(...values).changes)
  }

  /** Statements that are not worth keeping. */
  exec(sql: string): void {
    this.#db.exec(sql)
  }

  pragma(name: string): unknown {
    const row = this.#db.prepare(`PRAGMA ${name}`).get()
    return row === undefined ? undefined : Object.values(row)[0]
  }

  /** All of it or nothing. `read` sees one state of the database, `write` is the only one at work on it. */
  transaction<T>(kind: 'read' | 'write', work: () => T): T {
    this.run(kind === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE')
    try {
      const result = work()
      this.run('COMMIT')
      return result
    } catch (error) {
      // A full disk ends the transaction by itself.
      if (this.#db.isTransaction) this.run('ROLLBACK')
      throw error
    }
  }

  /** The work, or what went wrong with it; then the transaction is as it was before. */
  attempt<T>(work: () => T): T | Error {
    this.run('SAVEPOINT attempt')
    try {
      const result = work()
      this.run('RELEASE attempt')
      return result
    } catch (error) {
      if (!this.#db.isTransaction) throw error
      this.run('ROLLBACK TO attempt')
      this.run('RELEASE attempt')
      return asError(error)
    }
  }

  /** How SQLite goes about each statement used so far: what tests look at. */
  plans(): { sql: string; steps: string[] }[] {
    return [...this.#statements.keys()].map((sql) => {
      const plan = this.#db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all()
      return { sql, steps: plan.map((step) => String(step.detail)) }
    })
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }
}

/** SQLite's extended result code of an error; 0 when it is none of SQLite's. */
export function codeOf(thrown: unknown): number {
  if (!(thrown instanceof Error) || !('errcode' in thrown)) return 0
  return typeof thrown.errcode === 'number' ? thrown.errcode : 0
}

const IO_ERROR = 10
const CORRUPT = 11
const NOT_A_DATABASE = 26

/** After these nobody knows what is on disk; going on would promise what may not be kept. */
export function isFatal(thrown: unknown): boolean {
  return (codeOf(thrown) & 0xff) === IO_ERROR || isDamage(thrown)
}

export function isDamage(thrown: unknown): boolean {
  return [CORRUPT, NOT_A_DATABASE].includes(codeOf(thrown) & 0xff)
}

const BUSY = 5

export function isBusy(thrown: unknown): boolean {
  return (codeOf(thrown) & 0xff) === BUSY
}
