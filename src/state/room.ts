/**
 * A room in memory: what is known of its records, and its clock. The same on the server, which knows a part, and in
 * the browser, which knows a window. It never decides and never fetches.
 */

import type { RoomView, Trace } from './change.ts'
import type { AnyRecord, Key, RecordType, WireOf, WireRecord } from './records.ts'
import { keyOf, kindOf, kinds } from './records.ts'

/** What is known of one key. Without a `record` it is a tombstone. */
export interface Entry {
  readonly record: WireRecord | null
  readonly born: number
  readonly author: string | null
}

/** A commit as far as a room needs it: a `sync` frame is one. */
export interface Changeset {
  from: number
  rev: number
  put: readonly WireRecord[]
  del: readonly (readonly [type: RecordType, id: string])[]
  reset?: true
  floor?: number
}

/** `gap`: something between is missing, nothing was applied; ask for what changed since `rev`. */
export type Applied = 'applied' | 'ignored' | 'gap'

export const authorOf = (record: AnyRecord): string | null => kindOf(record).author?.(record) ?? null
export const hostOf = (record: AnyRecord): string | null => kindOf(record).on?.(record) ?? null

/** Of these there are ever more, and the newest matter most. */
const isPassing = (record: WireRecord | null): boolean =>
  record === null || kinds[record.type].place === 'timeline' || kinds[record.type].on !== undefined

export class Room implements RoomView {
  readonly id: string
  rev = 0
  /** The timeline is complete from this rev on; below it, records may be missing. */
  floor = 0
  readonly #entries = new Map<Key, Entry>()
  // Made when needed: most rooms of a server are desks, where nothing hangs on anything and nobody asks for lists.
  #hanging: Map<string, Set<Key>> | null = null
  /** Lists that were asked for and still hold. */
  #lists: Map<RecordType, WireRecord[]> | null = null
  #timeline: WireRecord[] | null = null

  constructor(id: string) {
    this.id = id
  }

  get<T extends RecordType>(type: T, id: string): WireOf<T> | undefined {
    return this.#entries.get(keyOf(type, id))?.record as WireOf<T> | undefined
  }

  trace(type: RecordType, id: string): Trace | undefined {
    const entry = this.#entries.get(keyOf(type, id))
    return entry && { born: entry.born, author: entry.author, gone: entry.record === null }
  }

  /** All known records of a type; the same array until one of them changes. */
  all<T extends RecordType>(type: T): readonly WireOf<T>[] {
    this.#lists ??= new Map()
    let list = this.#lists.get(type)
    if (!list) {
      list = this.#records().filter((record) => record.type === type)
      this.#lists.set(type, list)
    }
    return list as WireOf<T>[]
  }

  hanging(message: string): WireRecord[] {
    const found: WireRecord[] = []
    for (const key of this.#hanging?.get(message) ?? []) {
      const record = this.#entries.get(key)?.record
      if (record) found.push(record)
    }
    return found
  }

  /** What is shown: timeline records from the floor on, oldest first. The same array until something changes. */
  timeline(): readonly WireRecord[] {
    this.#timeline ??= this.#sortedTimeline()
    return this.#timeline
  }

  /** How many entries are known, tombstones included. */
  get size(): number {
    return this.#entries.size
  }

  entry(key: Key): Entry | undefined {
    return this.#entries.get(key)
  }

  /** [P3] Moves to the rev of a commit. Applying it twice is harmless. */
  apply(change: Changeset): Applied {
    if (change.reset) this.#clear(change.floor ?? 0)
    else if (change.rev <= this.rev) return 'ignored'
    else if (change.from > this.rev) return 'gap'
    for (const [type, id] of change.del) this.#remove(type, id)
    for (const record of change.put) this.learn(record)
    this.rev = change.rev
    return 'applied'
  }

  /**
   * Takes in an older page of the timeline or records asked for. What is known already is kept, also that
   * something is gone: live changes may have overtaken the page.
   */
  merge(records: readonly WireRecord[], floor: number | null): void {
    for (const record of records) if (!this.#entries.has(keyOf(record.type, record.id))) this.learn(record)
    if (floor !== null) {
      this.floor = Math.min(this.floor, floor)
      this.#timeline = null
    }
  }

  /** Notes the current form of one record. */
  learn(record: WireRecord): void {
    this.note(keyOf(record.type, record.id), { record, born: record.born, author: authorOf(record) })
  }

  /** Notes what is known of a key, a tombstone too. */
  note(key: Key, entry: Entry): void {
    const before = this.#entries.get(key)?.record
    if (before) this.#unindex(key, before)
    this.#entries.set(key, entry)
    if (entry.record) this.#index(key, entry.record)
  }

  /**
   * Forgets the oldest: of the timeline, what hangs on it and what is gone, all but so many; and all but so many of the
   * people. `whole` ones stay. Not to be done to a window.
   */
  trim(recent: number, people: number): void {
    this.#forget(recent, isPassing)
    this.#forget(people, (record) => record !== null && !isPassing(record))
  }

  #forget(most: number, isOne: (record: WireRecord | null) => boolean): void {
    const those: [Key, Entry][] = []
    for (const one of this.#entries) {
      const { record } = one[1]
      if (isOne(record) && (record === null || kinds[record.type].place !== 'whole')) those.push(one)
    }
    for (const [key, { record }] of those.slice(0, Math.max(0, those.length - most))) {
      if (record) this.#unindex(key, record)
      this.#entries.delete(key)
    }
  }

  /** A tombstone keeps no body; what hung on the record is simply gone. */
  #remove(type: RecordType, id: string): void {
    const key = keyOf(type, id)
    const before = this.#entries.get(key)
    this.note(key, { record: null, born: before?.born ?? 0, author: before?.author ?? null })
    if (type !== 'message') return
    for (const hanging of [...(this.#hanging?.get(id) ?? [])]) {
      const entry = this.#entries.get(hanging)
      if (entry) this.note(hanging, { ...entry, record: null })
    }
  }

  #index(key: Key, record: WireRecord): void {
    const host = hostOf(record)
    if (host !== null) {
      this.#hanging ??= new Map()
      let hanging = this.#hanging.get(host)
      if (!hanging) {
        hanging = new Set()
        this.#hanging.set(host, hanging)
      }
      hanging.add(key)
    }
    this.#unlist(record.type)
  }

  #unindex(key: Key, record: WireRecord): void {
    const host = hostOf(record)
    if (host !== null) {
      const hanging = this.#hanging?.get(host)
      hanging?.delete(key)
      if (hanging?.size === 0) this.#hanging?.delete(host)
    }
    this.#unlist(record.type)
  }

  #unlist(type: RecordType): void {
    this.#lists?.delete(type)
    if (kinds[type].place === 'timeline') this.#timeline = null
  }

  #clear(floor: number): void {
    this.#entries.clear()
    this.#lists = null
    this.#hanging = null
    this.#timeline = null
    this.floor = floor
    this.rev = 0
  }

  #sortedTimeline(): WireRecord[] {
    return this.#records()
      .filter((record) => kinds[record.type].place === 'timeline' && record.born >= this.floor)
      .sort((a, b) => a.born - b.born)
  }

  #records(): WireRecord[] {
    const records: WireRecord[] = []
    for (const { record } of this.#entries.values()) if (record) records.push(record)
    return records
  }
}
