/**
 * A room with the changes of one batch laid over it: each command of the batch sees those before it. It stores
 * nothing; the room below stays as it is until the batch is on disk.
 */

import type { Change, Job, RoomView, Trace } from './change.ts'
import type { AnyRecord, Key, RecordType, WireOf, WireRecord } from './records.ts'
import { keyOf, kindOf } from './records.ts'
import type { Entry, Room } from './room.ts'
import { authorOf, hostOf } from './room.ts'

/** What the batch does to one key. */
export interface Touched extends Entry {
  readonly key: Key
  readonly type: RecordType
  readonly id: string
  readonly rev: number
  /** Neither record nor tombstone was known before the batch. */
  readonly fresh: boolean
}

export class Draft implements RoomView {
  readonly id: string
  readonly from: number
  rev: number
  erased = false
  readonly jobs: Job[] = []
  readonly #room: Room
  readonly #touched = new Map<Key, Touched>()
  /** Keys that went with the message they hung on: neither stored nor told by themselves. */
  readonly #swept = new Set<Key>()

  constructor(room: Room) {
    this.#room = room
    this.id = room.id
    this.from = this.rev = room.rev
  }

  get<T extends RecordType>(type: T, id: string): WireOf<T> | undefined {
    return this.#entry(keyOf(type, id))?.record as WireOf<T> | undefined
  }

  trace(type: RecordType, id: string): Trace | undefined {
    const entry = this.#entry(keyOf(type, id))
    return entry && { born: entry.born, author: entry.author, gone: entry.record === null }
  }

  all<T extends RecordType>(type: T): readonly WireOf<T>[] {
    if (this.#touched.size === 0 && this.#swept.size === 0) return this.#room.all(type)
    const found = this.#room.all(type).filter((record) => !this.#isOverlaid(keyOf(type, record.id)))
    for (const touched of this.#touched.values())
      if (touched.type === type && touched.record) found.push(touched.record as WireOf<T>)
    return found
  }

  hanging(message: string): WireRecord[] {
    const found = this.#room
      .hanging(message)
      .filter((record) => !this.#isOverlaid(keyOf(record.type, record.id)))
    for (const { record } of this.#touched.values())
      if (record && hostOf(record) === message) found.push(record)
    return found
  }

  /** Moves the clock by one and makes the changes. Throws on changes that no feature may ask for. */
  apply(changes: readonly Change[]): void {
    const rev = this.rev + 1
    this.#refuseTwoInTimeline(changes)
    for (const change of changes) {
      switch (change.kind) {
        case 'put':
          this.#put(change.record, rev)
          break
        case 'del':
          this.#del(change.type, change.id, rev)
          break
        case 'later':
          this.jobs.push(change.job)
          break
        case 'erase':
          this.erased = true
      }
    }
    this.rev = rev
  }

  /** One entry per key, in the order in which keys were first touched. */
  touched(): Touched[] {
    return [...this.#touched.values()]
  }

  /** `born` alone orders the timeline. */
  #refuseTwoInTimeline(changes: readonly Change[]): void {
    if (changes.length < 2) return
    let fresh = 0
    for (const change of changes) {
      if (change.kind !== 'put' || kindOf(change.record).place !== 'timeline') continue
      if (!this.#entry(keyOf(change.record.type, change.record.id))) fresh++
    }
    if (fresh > 1) throw new Error(`${fresh} new timeline records under one rev in ${this.id}`)
  }

  #entry(key: Key): Entry | undefined {
    if (this.#swept.has(key)) return undefined
    return this.#touched.get(key) ?? this.#room.entry(key)
  }

  #isOverlaid(key: Key): boolean {
    return this.#touched.has(key) || this.#swept.has(key)
  }

  #put(record: AnyRecord, rev: number): void {
    const { type, id } = record
    const key = keyOf(type, id)
    const before = this.#entry(key)
    const born = before?.born ?? rev
    const whole = { ...record, born } as WireRecord
    const touched: Touched = {
      key,
      type,
      id,
      record: whole,
      born,
      rev,
      author: authorOf(whole),
      fresh: this.#isFresh(key),
    }
    this.#swept.delete(key)
    this.#touched.set(key, touched)
  }

  #del(type: RecordType, id: string, rev: number): void {
    const key = keyOf(type, id)
    const before = this.#entry(key)
    const born = before?.born ?? rev
    const author = before?.author ?? null
    this.#touched.set(key, { key, type, id, record: null, born, rev, author, fresh: this.#isFresh(key) })
    if (type !== 'message') return
    for (const record of this.hanging(id)) {
      const hanging = keyOf(record.type, record.id)
      this.#touched.delete(hanging)
      this.#swept.add(hanging)
    }
  }

  #isFresh(key: Key): boolean {
    return this.#touched.get(key)?.fresh ?? this.#room.entry(key) === undefined
  }
}
