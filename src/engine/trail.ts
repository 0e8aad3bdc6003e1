/**
 * What the last commits of one room added to what its people have not read, so that each person's count is moved along
 * only when somebody asks for it. It knows no person and asks nobody.
 */

import { authorOf } from '../state/room.ts'
import type { Commit } from './ports.ts'
import { hasLostCounted, isCounted } from './rows.ts'

/** Commits kept; with more, whoever is in the room follows, so that no way is long. */
const MOST = 8

/** A count of what somebody has not read. */
export interface Count {
  count: number
  /** The room's rev that the count is of; -1: it must be counted. */
  rev: number
}

interface Gain {
  from: number
  rev: number
  total: number
  byAuthor: ReadonlyMap<string, number>
  /** Something that counted is gone, and nobody knows for whom it counted. */
  isUnclear: boolean
}

export class Trail {
  /** Where it begins and where it has come to; without a hole in between. */
  readonly from: number
  rev: number
  /** Those that changed somebody's count, in order. */
  readonly #gains: Gain[] = []

  constructor(from: number) {
    this.from = from
    this.rev = from
  }

  get isLong(): boolean {
    return this.#gains.length >= MOST
  }

  /** The commit must begin where the trail ends. */
  add(commit: Commit): void {
    const gain = gainOf(commit)
    if (gain.total > 0 || gain.isUnclear) this.#gains.push(gain)
    this.rev = commit.rev
  }

  /** The count of this person as of the trail's end; of before its beginning, it must be counted again. */
  follow(count: Count, user: string, most: number): void {
    if (count.rev < 0 || count.rev >= this.rev) return
    if (count.rev < this.from) {
      count.rev = -1
      return
    }
    for (const gain of this.#after(count.rev)) {
      if (gain.from < count.rev || (gain.isUnclear && count.count > 0)) {
        count.rev = -1
        return
      }
      count.rev = gain.rev
      count.count = Math.min(most, count.count + gain.total - (gain.byAuthor.get(user) ?? 0))
    }
    count.rev = this.rev
  }

  /** Nearly always the last few. */
  #after(rev: number): Gain[] {
    let first = this.#gains.length
    while (first > 0 && (this.#gains[first - 1]?.rev ?? 0) > rev) first--
    return this.#gains.slice(first)
  }
}

function gainOf(commit: Commit): Gain {
  const { from, rev } = commit
  const byAuthor = new Map<string, number>()
  let total = 0
  for (const record of commit.put) {
    if (record.born <= from || !isCounted(record)) continue
    const author = authorOf(record) ?? ''
    total++
    byAuthor.set(author, (byAuthor.get(author) ?? 0) + 1)
  }
  return { from, rev, total, byAuthor, isUnclear: hasLostCounted(commit) }
}
