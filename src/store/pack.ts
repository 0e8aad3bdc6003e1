/**
 * A batch as one flat array and back, for the way to the worker. It never looks at what the values mean.
 * Measured per row on the main thread: flat array 0.20 µs, JSON text 0.27 µs, objects 0.44 µs.
 */

import type { Batch, Row } from '../engine/ports.ts'
import type { RoomKind } from '../state/records.ts'

export type Cell = string | number | boolean | null

export function pack(batch: Batch): Cell[] {
  const { head } = batch
  const cells: Cell[] = [batch.room, batch.from, batch.rev, batch.at, batch.erase]
  cells.push(head?.kind ?? null, head?.code ?? null, head?.vanish ?? false)
  cells.push(batch.rows.length)
  for (const row of batch.rows) {
    cells.push(row.key, row.rev, row.born, row.author, row.body, row.type)
    cells.push(row.fresh, row.timeline, row.counts, row.on, row.expires)
  }
  cells.push(batch.members.length)
  for (const [user, isIn] of batch.members) cells.push(user, isIn)
  cells.push(batch.wrote.length, ...batch.wrote)
  cells.push(batch.jobs.length, ...batch.jobs)
  return cells
}

/** Throws on what `pack` did not make. */
export function unpack(cells: readonly Cell[]): Batch {
  const from = new Cells(cells)
  const start = {
    room: from.text(),
    from: from.number(),
    rev: from.number(),
    at: from.number(),
    erase: from.flag(),
  }
  const kind = from.kindOrNull()
  const head = { code: from.textOrNull(), vanish: from.flag() }
  return {
    ...start,
    head: kind === null ? null : { kind, ...head },
    rows: from.list(() => unpackRow(from)),
    members: from.list((): [string, boolean] => [from.text(), from.flag()]),
    wrote: from.list(() => from.text()),
    jobs: from.list(() => from.text()),
  }
}

function unpackRow(from: Cells): Row {
  return {
    key: from.text(),
    rev: from.number(),
    born: from.number(),
    author: from.textOrNull(),
    body: from.textOrNull(),
    type: from.text(),
    fresh: from.flag(),
    timeline: from.flag(),
    counts: from.flag(),
    on: from.textOrNull(),
    expires: from.numberOrNull(),
  }
}

class Cells {
  readonly #cells: readonly Cell[]
  #at = 0

  constructor(cells: readonly Cell[]) {
    this.#cells = cells
  }

  text(): string {
    return this.textOrNull() ?? this.#wrong('a text')
  }

  textOrNull(): string | null {
    const cell = this.#next()
    return cell === null || typeof cell === 'string' ? cell : this.#wrong('a text')
  }

  number(): number {
    return this.numberOrNull() ?? this.#wrong('a number')
  }

  numberOrNull(): number | null {
    const cell = this.#next()
    return cell === null || typeof cell === 'number' ? cell : this.#wrong('a number')
  }

  flag(): boolean {
    const cell = this.#next()
    return typeof cell === 'boolean' ? cell : this.#wrong('a flag')
  }

  kindOrNull(): RoomKind | null {
    const cell = this.#next()
    const isKind = cell === 'room' || cell === 'group' || cell === 'dm' || cell === 'desk'
    return cell === null || isKind ? cell : this.#wrong('a kind of room')
  }

  list<T>(item: () => T): T[] {
    return Array.from({ length: this.number() }, item)
  }

  #next(): Cell | undefined {
    return this.#cells[this.#at++]
  }

  #wrong(wanted: string): never {
    throw new Error(`a packed batch has no ${wanted} at ${this.#at - 1}`)
  }
}
