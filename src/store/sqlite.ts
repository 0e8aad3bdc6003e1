/**
 * The store in one SQLite file (or in memory). All work with disks is done in worker threads; this side only hands
 * over and hears, and it never knows what a record says.
 */

import { dirname } from 'node:path'
import type { Batch, CommitResult, Log, Session, Store, User } from '../engine/ports.ts'
import type { Key } from '../state/records.ts'
import { Emptying } from './emptying.ts'
import { asError, StoreError } from './error.ts'
import { makeFolder } from './folder.ts'
import { Groups } from './groups.ts'
import type { Duty } from './messages.ts'
import type { Opened } from './opening.ts'
import { pack } from './pack.ts'
import { Questions } from './questions.ts'
import type { Reads } from './reads.ts'
import { dropSnapshots } from './snapshots.ts'
import type { Synchronous } from './start.ts'
import { Thread } from './thread.ts'
import { Watermark } from './watermark.ts'
import type { Writes } from './writes.ts'
import { PRUNED_AT_ONCE } from './writes.ts'

export interface StoreOptions {
  /** Path of the database, such as `data/parlour.db`; its folder is made. `null`: in memory. */
  file: string | null
  /** `NORMAL` is faster and may lose acknowledged messages in a power cut. */
  synchronous?: Synchronous
  log: Log
  /** The store is lost while running. The process had better stop: nothing is stored any more. */
  onFailure?: (error: Error) => void
}

/** Rejects with a `StoreError` of one line for a folder in use or not writable, a damaged or newer database. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { file, log, synchronous = 'FULL' } = options
  const fail = failOnce(options)
  if (file !== null) await makeFolder(dirname(file))
  const writer = new Thread({ file, role: file === null ? 'both' : 'writer', synchronous }, fail)
  const startReader = file === null ? null : () => openReader({ file, role: 'reader', synchronous }, fail)
  try {
    // What crosses the port is what `open` in `worker.ts` returned.
    const { epoch, alarm } = (await writer.ask('open')) as Opened
    if (alarm?.loss) log.error('store.loss', { why: alarm.why, epoch })
    else if (alarm) log.warn('store.new_epoch', { why: alarm.why, epoch })
    log.info('store.open', { file, synchronous, epoch })
    const store = new SqliteStore({ epoch, file, writer, startReader, log, fail })
    if (file !== null) await store.begin()
    return store
  } catch (error) {
    await Promise.allSettled([writer.close()])
    throw new StoreError(asError(error).message)
  }
}

/** What it is asked meanwhile waits until it is open. */
function openReader(duty: Duty, fail: (error: Error) => void): Thread {
  const reader = new Thread(duty, fail)
  reader.ask('open').catch((error: unknown) => fail(asError(error)))
  return reader
}

function failOnce({ log, onFailure }: StoreOptions): (error: Error) => void {
  let hasFailed = false
  return (error) => {
    if (hasFailed) return
    hasFailed = true
    log.error('store.failed', { error })
    onFailure?.(error)
  }
}

type Rest<F> = F extends (db: never, ...rest: infer A) => unknown ? A : never
type Answer<F> = F extends (...args: never) => infer R ? R : never

interface Parts {
  epoch: string
  file: string | null
  writer: Thread
  /** `null`: the writer is the only one that can read. */
  startReader: (() => Thread) | null
  log: Log
  fail: (error: Error) => void
}

/** What the server asks by itself. A thread of its own for reading (12 MB) comes with the first person who asks more. */
const background: ReadonlySet<string> = new Set([
  'load',
  'read',
  'jobs',
  'vanishing',
  'expired',
  'forgettable',
])

class SqliteStore implements Store {
  readonly epoch: string
  readonly #writer: Thread
  #startReader: (() => Thread) | null
  #reader: Thread | null = null
  readonly #groups: Groups
  #questions: Questions
  readonly #log: Log
  readonly #file: string | null
  readonly #watermark: Watermark | null
  readonly #emptying: Emptying
  #closing: Promise<void> | null = null

  constructor({ epoch, file, writer, startReader, log, fail }: Parts) {
    this.epoch = epoch
    this.#file = file
    this.#writer = writer
    this.#startReader = startReader
    this.#groups = new Groups(writer)
    this.#questions = new Questions(writer)
    this.#emptying = new Emptying(() => writer.ask('checkpoint'))
    this.#log = log
    // Past `#write`: moving the mark is nothing that the mark has to follow.
    const count = () =>
      new Promise<number>((resolve, reject) => {
        this.#groups.add(['mark'], (error, value) =>
          error === null ? resolve(Number(value)) : reject(error),
        )
      })
    const onGone = (error: Error) => {
      fail(error)
      // Nothing that is written from here on would be kept.
      if (this.#closing === null) writer.kill()
    }
    this.#watermark = file === null ? null : new Watermark({ file, count, log, onGone })
  }

  /**
   * The first mark, without which a database counts as a copy. The database itself is on disk before it, also with
   * `NORMAL`: a mark beside no database would keep the server from starting.
   */
  async begin(): Promise<void> {
    if (this.#file !== null) await this.#writer.ask('checkpoint')
    await this.#watermark?.move()
  }

  commit(batch: Batch, done: (result: CommitResult) => void): void {
    this.#write('commit', [pack(batch)], (error, result) => {
      if (error !== null) return done({ kind: 'failed', error })
      if (result === null || result.kind === 'done') this.#watermark?.touch()
      done(result ?? { kind: 'done', jobs: [] })
    })
  }

  load = (room: string, whole: readonly string[]) => this.#read('load', room, whole)
  read = (room: string, keys: readonly Key[], hangingOn: readonly string[]) =>
    this.#read('read', room, keys, hangingOn)
  window = (...of: Parameters<Store['window']>) => this.#read('window', ...of)
  changes = (...of: Parameters<Store['changes']>) => this.#read('changes', ...of)
  timeline = (room: string, before: number | null, limit: number, now: number) =>
    this.#read('timeline', room, before, limit, now)
  list = (room: string, type: string, after: string | null, limit: number) =>
    this.#read('list', room, type, after, limit)
  get = (room: string, keys: readonly Key[], now: number) => this.#read('get', room, keys, now)
  summary = (room: string, now: number) => this.#read('summary', room, now)
  roomsOf = (user: string) => this.#read('roomsOf', user)
  unread = (room: string, user: string, since: number | null, cap: number, now: number) =>
    this.#read('unread', room, user, since, cap, now)
  resolve = (code: string) => this.#read('resolve', code)
  expired = (now: number, limit: number) => this.#read('expired', now, limit)
  vanishing = () => this.#read('vanishing')
  jobs = (limit: number) => this.#read('jobs', limit)
  session = (hash: string) => this.#read('session', hash)
  forgettable = (before: number, limit: number) => this.#read('forgettable', before, limit)

  finish = (jobs: readonly number[]) => this.#change('finish', jobs)
  addUser = (user: User, session: Session) => this.#change('addUser', user, session)
  addSession = (session: Session) => this.#change('addSession', session)
  touch = (hash: string, seen: number) => this.#change('touch', hash, seen)
  endSession = (hash: string) => this.#change('endSession', hash)
  endSessionsOf = (user: string) => this.#change('endSessionsOf', user)
  forget = (user: string) => this.#change('forget', user)

  /** When a reader keeps the journal busy, what was deleted leaves it once that is over. */
  async tidy(before: number): Promise<void> {
    let pruned: number
    do pruned = await this.#change('prune', before)
    while (pruned === PRUNED_AT_ONCE)
    while ((await this.#change('clear')) > 0);
    await this.#groups.idle()
    if (this.#file !== null) await dropSnapshots(this.#file)
    await this.#emptying.run()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#emptying.stop()
    await this.#groups.idle()
    await this.#watermark?.close()
    this.#questions.send()
    // The reader first: the last connection to close is the one that empties the journal.
    await this.#reader?.close()
    await this.#writer.close()
    this.#log.info('store.closed')
  }

  async #read<K extends keyof Reads & string>(op: K, ...args: Rest<Reads[K]>): Promise<Answer<Reads[K]>> {
    if (this.#closing !== null) throw new Error('the store is closed')
    if (this.#startReader !== null && !background.has(op)) this.#useReader(this.#startReader())
    // What crosses the port is what the function of that name returned.
    return (await this.#questions.ask([op, ...args])) as Answer<Reads[K]>
  }

  #useReader(reader: Thread): void {
    this.#startReader = null
    this.#reader = reader
    this.#questions.send()
    this.#questions = new Questions(reader)
  }

  #change<K extends keyof Writes & string>(op: K, ...args: Rest<Writes[K]>): Promise<Answer<Writes[K]>> {
    return new Promise((resolve, reject) => {
      this.#write(op, args, (error, value) => {
        if (error !== null) return reject(error)
        this.#watermark?.touch()
        resolve(value!)
      })
    })
  }

  /** `null` stands for what returns nothing. */
  #write<K extends keyof Writes & string>(
    op: K,
    args: Rest<Writes[K]>,
    written: (error: Error | null, value: Answer<Writes[K]> | null) => void,
  ): void {
    if (this.#closing !== null) {
      queueMicrotask(() => written(new Error('the store is closed'), null))
      return
    }
    this.#groups.add([op, ...args], (error, value) => written(error, value as Answer<Writes[K]> | null))
  }
}
