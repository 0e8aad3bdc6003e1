/** What a device knows of a room, by the letter of the rules (P3, P5) and by no code of Parlour. Records are compared as JSON. */

import type { SyncFrame } from '../../src/protocol.ts'

export interface Plain {
  type: string
  id: string
  born: number
  [field: string]: unknown
}

const keyOf = (type: string, id: string) => `${type}/${id}`

export class Replica {
  rev = 0
  /** The timeline is complete from here on. */
  floor = 0
  resets = 0
  gaps = 0
  readonly records = new Map<string, Plain>()

  hear({ from, rev, put, del, reset, floor = 0 }: SyncFrame): void {
    if (reset === true) {
      this.records.clear()
      this.floor = floor
      this.resets += 1
    } else if (rev <= this.rev) return
    else if (from > this.rev) this.gaps += 1
    for (const [type, id] of del) this.#drop(type, id)
    for (const record of put as unknown as Plain[]) this.records.set(keyOf(record.type, record.id), record)
    this.rev = rev
  }

  /** A page of history or of members: what is known already is newer. */
  merge(records: readonly Plain[]): void {
    for (const record of records) {
      const key = keyOf(record.type, record.id)
      if (!this.records.has(key)) this.records.set(key, record)
    }
  }

  all(type: string): Plain[] {
    return [...this.records.values()].filter((record) => record.type === type)
  }

  /** Where the other, who knows everything, knows otherwise. */
  differences(whole: Replica): string[] {
    const found: string[] = []
    for (const [key, record] of whole.records) {
      const own = this.records.get(key)
      if (own === undefined && this.#mayLack(record)) continue
      if (JSON.stringify(own) !== JSON.stringify(record))
        found.push(`${key} is ${JSON.stringify(own)} instead of ${JSON.stringify(record)}`)
    }
    for (const key of this.records.keys()) if (!whole.records.has(key)) found.push(`${key} is there no more`)
    return found
  }

  /** What is older than its window; and people whom it never heard of. */
  #mayLack({ type, born, message }: Plain): boolean {
    if (type === 'reaction') return !this.records.has(keyOf('message', String(message)))
    return type === 'member' || (this.floor > 0 && born < this.floor)
  }

  /** What hangs on a message goes with it. */
  #drop(type: string, id: string): void {
    this.records.delete(keyOf(type, id))
    if (type !== 'message') return
    this.records.delete(keyOf('pin', id))
    for (const { message, id: hanging } of this.all('reaction'))
      if (message === id) this.records.delete(keyOf('reaction', hanging))
  }
}
