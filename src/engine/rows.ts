/** Between records in memory and rows of the store. It reads and writes nothing itself. */

import type { RecordType, WireRecord } from '../state/records.ts'
import { isRecordType, kinds } from '../state/records.ts'
import type { Room } from '../state/room.ts'
import type { Commit, StoredRow } from './ports.ts'

const types = Object.keys(kinds).filter(isRecordType)
/** Types that are always in memory and in every window. */
export const wholeTypes: readonly RecordType[] = types.filter((type) => kinds[type].place === 'whole')

/** Types that say, on a desk, how far its person has read. */
export const markTypes: readonly RecordType[] = types.filter((type) => kinds[type].marks)

/** Our own writing, checked when it was written: the one place where stored JSON becomes a record again. */
export function readRecord(body: string): WireRecord {
  const record: WireRecord = JSON.parse(body)
  return record
}

export function noteRow(room: Room, row: StoredRow): void {
  const record = row.body === null ? null : readRecord(row.body)
  room.note(row.key, { record, born: row.born, author: row.author })
}

/** A record that a list of rooms counts as unread, by its type. */
export const isCounted = ({ type }: { readonly type: RecordType }): boolean => kinds[type].brief !== undefined

/** Something that counted is gone. */
export const hasLostCounted = ({ del }: Commit): boolean => del.some(([type]) => isCounted({ type }))
