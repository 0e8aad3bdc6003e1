/** A decided draft as what the store writes and what everybody is told. Each record is encoded once, here. */

import type { Draft, Touched } from '../state/draft.ts'
import type { RoomRecord, WireRecord } from '../state/records.ts'
import { kindOf, kinds } from '../state/records.ts'
import { hostOf } from '../state/room.ts'
import type { Batch, Commit, Head, Row } from './ports.ts'

export interface Encoded {
  batch: Batch
  commit: Commit
  /** The `sync` frame. */
  text: string
}

/** `at`: shown time of the batch. `isNewAuthor`: whether the store has yet to be told that a person writes. */
export function encodeBatch(draft: Draft, at: number, isNewAuthor: (user: string) => boolean): Encoded {
  const { id: room, from, rev, erased } = draft
  const batch: Batch = {
    room,
    from,
    rev,
    at,
    head: null,
    rows: [],
    members: [],
    wrote: [],
    erase: erased,
    jobs: draft.jobs.map((job) => JSON.stringify(job)),
  }
  const commit: Commit = { room, from, rev, put: [], del: [] }
  const puts: string[] = []
  if (!erased) {
    const authors = new Set<string>()
    for (const touched of draft.touched()) {
      const { record } = touched
      const body = record && JSON.stringify(record)
      batch.rows.push(rowOf(touched, body))
      if (record && body !== null) {
        commit.put.push(record)
        puts.push(body)
        noteHead(batch, record)
        if (touched.author !== null) authors.add(touched.author)
      } else {
        commit.del.push([touched.type, touched.id])
        if (touched.type === 'member') batch.members.push([touched.id, false])
      }
    }
    batch.wrote = [...authors].filter(isNewAuthor)
    // Only desks come into being without a record that describes them.
    if (from === 0) batch.head ??= { kind: 'desk', code: null, vanish: false }
  }
  const { before, after } = aroundRecords(room, from, rev, JSON.stringify(commit.del))
  return { batch, commit, text: `${before}${puts.join(',')}${after}` }
}

/** What a `sync` has before and after its records, which are joined by commas. `del`: a JSON array. */
export function aroundRecords(
  room: string,
  from: number,
  rev: number,
  del: string,
  rest = '',
): { before: string; after: string } {
  return {
    before: `{"t":"sync","room":${JSON.stringify(room)},"from":${from},"rev":${rev},"put":[`,
    after: `],"del":${del}${rest}}`,
  }
}

function rowOf({ key, type, record, rev, born, author, fresh }: Touched, body: string | null): Row {
  const kind = kinds[type]
  return {
    key,
    type,
    rev,
    born,
    author,
    body,
    fresh,
    timeline: kind.place === 'timeline',
    counts: kind.brief !== undefined,
    on: record && hostOf(record),
    expires: record && (kindOf(record).expires?.(record) ?? null),
  }
}

/** What the store keeps of a room and of who is in it, besides the records. */
function noteHead(batch: Batch, record: WireRecord): void {
  if (record.type === 'room') batch.head = headOf(record)
  else if (record.type === 'member') batch.members.push([record.id, record.left === null])
}

const headOf = ({ kind, code, vanish }: RoomRecord): Head => ({ kind, code, vanish })
