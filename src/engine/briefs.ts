/** What a list of rooms shows of each room: its name and its last words. Read when asked for, kept until it changes. */

import type { Brief, RoomKind } from '../protocol.ts'
import type { WireRecord } from '../state/records.ts'
import { kindOf } from '../state/records.ts'
import { authorOf } from '../state/room.ts'
import { excerpt } from '../state/text.ts'
import type { Clock, Commit, Store, Summary } from './ports.ts'
import { isCounted, readRecord } from './rows.ts'

/** Code points of last words. */
const LENGTH = 120
/** Rooms remembered. */
const MOST = 10_000

export interface RoomBrief {
  rev: number
  kind: RoomKind
  name: string
  last: Brief | null
}

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
    const known = this.#known.get(room)
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

  /** The room has moved on: whether that shows. Most who come and go change nothing but its rev. */
  heard({ room, rev, put, del }: Commit): boolean {
    const brief = this.#known.get(room)
    const isNews = del.length > 0 || put.some((record) => shows(record, brief))
    if (brief && !isNews) this.#known.set(room, { ...brief, rev })
    else this.forget(room)
    return isNews
  }

  /** What was read before is of no use. */
  forget(room: string): void {
    this.#known.delete(room)
    this.#reading.delete(room)
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

/** Whether a list of rooms that shows this brief has to show another for this record. */
function shows(record: WireRecord, brief: RoomBrief | undefined): boolean {
  if (record.type === 'room') return record.name !== brief?.name
  if (record.type === 'member') return record.id === brief?.last?.by && record.name !== brief.last.name
  return isCounted(record)
}

function briefOf(summary: Summary): RoomBrief {
  const { rev, kind } = summary
  const record = summary.record === null ? null : readRecord(summary.record)
  return { rev, kind, name: record?.type === 'room' ? record.name : '', last: lastWords(summary) }
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
