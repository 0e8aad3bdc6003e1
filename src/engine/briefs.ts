/** What a list of rooms shows of each room: its name and its last words. Read when asked for, kept until it changes. */

import type { Brief, RoomKind } from '../protocol.ts'
import type { WireRecord } from '../state/records.ts'
import { kindOf } from '../state/records.ts'
import { authorOf } from '../state/room.ts'
import { excerpt } from '../state/text.ts'
import type { Clock, Commit, Store, Summary } from './ports.ts'
import { hasLostCounted, isCounted, readRecord } from './rows.ts'

/** Code points of last words. */
const LENGTH = 120
/** Rooms remembered. */
const MOST = 10_000

export interface RoomBrief {
  rev: number
  kind: RoomKind
  name: string
  last: Brief | null
  /** When the last words expire, ms since 1970; `null`: never. */
  until: number | null
}

/** What of a room's brief changed: its last words, or only its name. */
export type Showing = 'last' | 'name'

export class Briefs {
  readonly #store: Store
  readonly #clock: Clock
  readonly #known = new Map<string, RoomBrief>()
  /** Readings under way; one that is dropped from here is not kept. */
  readonly #reading = new Map<string, Promise<RoomBrief | null>>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** `null`: there is no such room any more. */
  async of(room: string): Promise<RoomBrief | null> {
    const known = this.#get(room)
    if (known) return known
    let reading = this.#reading.get(room)
    if (!reading) {
      reading = this.#read(room)
      this.#reading.set(room, reading)
    }
    try {
      const brief = await reading
      if (this.#reading.get(room) === reading && brief) this.#keep(room, brief)
      return brief
    } finally {
      if (this.#reading.get(room) === reading) this.#reading.delete(room)
    }
  }

  /** The room has moved on: what of it shows. Most who come, go and react change nothing but its rev. */
  heard(commit: Commit): Showing | null {
    const { room, rev } = commit
    const brief = this.#known.get(room)
    const showing = showingOf(commit, brief)
    if (brief && showing === null) this.#known.set(room, { ...brief, rev })
    else this.forget(room)
    return showing
  }

  /** Whether what somebody was told of a room is what shows now. */
  isAsTold(room: string, { name, last }: Pick<RoomBrief, 'name' | 'last'>): boolean {
    const brief = this.#get(room)
    return brief !== undefined && brief.name === name && brief.last === last
  }

  /** What was read before is of no use. */
  forget(room: string): void {
    this.#known.delete(room)
    this.#reading.delete(room)
  }

  /** As long as it shows nothing that has expired. */
  #get(room: string): RoomBrief | undefined {
    const brief = this.#known.get(room)
    return brief && (brief.until === null || brief.until > this.#clock.now()) ? brief : undefined
  }

  #keep(room: string, brief: RoomBrief): void {
    if (this.#known.size >= MOST) this.#known.clear()
    this.#known.set(room, brief)
  }

  async #read(room: string): Promise<RoomBrief | null> {
    const summary = await this.#store.summary(room, this.#clock.now())
    return summary && briefOf(summary)
  }
}

/** Whether a list of rooms that shows this brief has to show another after this commit. */
function showingOf(commit: Commit, brief: RoomBrief | undefined): Showing | null {
  if (hasLostCounted(commit) || commit.put.some((record) => isLast(record, brief?.last ?? null)))
    return 'last'
  return commit.put.some((record) => record.type === 'room' && record.name !== brief?.name) ? 'name' : null
}

/** New last words, or another name of who said the last. */
function isLast(record: WireRecord, last: Brief | null): boolean {
  if (record.type === 'member') return record.id === last?.by && record.name !== last.name
  return isCounted(record)
}

function briefOf(summary: Summary): RoomBrief {
  const { rev, kind } = summary
  const record = summary.record === null ? null : readRecord(summary.record)
  const name = record?.type === 'room' ? record.name : ''
  return { rev, kind, name, last: lastWords(summary), until: expiryOf(summary) }
}

function expiryOf({ last }: Summary): number | null {
  const record = last === null ? null : readRecord(last)
  return record !== null && 'expires' in record ? record.expires : null
}

function lastWords({ last, lastMember }: Summary): Brief | null {
  if (last === null) return null
  const record = readRecord(last)
  const author = lastMember === null ? null : readRecord(lastMember)
  return {
    id: record.id,
    by: authorOf(record) ?? '',
    name: author?.type === 'member' ? author.name : '',
    at: 'at' in record ? record.at : 0,
    text: excerpt(kindOf(record).brief?.(record) ?? '', LENGTH),
  }
}
