/** What a list of rooms shows of each room: its name and its last words. Read when asked for, kept until it changes. */

import type { Brief, RoomKind } from '../protocol.ts'
import { kindOf } from '../state/records.ts'
import { authorOf } from '../state/room.ts'
import { excerpt } from '../state/text.ts'
import type { Clock, Store, Summary } from './ports.ts'
import { readRecord } from './rows.ts'

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
  readonly #known = new Map<string, Promise<RoomBrief | null>>()

  constructor(store: Store, clock: Clock) {
    this.#store = store
    this.#clock = clock
  }

  /** `null`: there is no such room any more. */
  of(room: string): Promise<RoomBrief | null> {
    let brief = this.#known.get(room)
    if (!brief) {
      brief = this.#read(room)
      if (this.#known.size >= MOST) this.#known.clear()
      this.#known.set(room, brief)
    }
    return brief
  }

  /** The room has changed: what was read before is of no use. */
  forget(room: string): void {
    this.#known.delete(room)
  }

  async #read(room: string): Promise<RoomBrief | null> {
    try {
      const summary = await this.#store.summary(room, this.#clock.now())
      return summary && briefOf(summary)
    } catch (error) {
      this.#known.delete(room)
      throw error
    }
  }
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
