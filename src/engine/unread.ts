/** How much of each room each person here has not read. Counted by the store once, then moved along with commits. */

import { authorOf } from '../state/room.ts'
import type { Person } from './people.ts'
import type { Clock, Commit, Store } from './ports.ts'
import { hasLostCounted, isCounted } from './rows.ts'

/** Counting stops here: “99+”. */
export const MOST_UNREAD = 100
/** How often a count is asked for again because something moved meanwhile. */
const MOST_TRIES = 3

export interface Tally {
  count: number
  /** The room's rev that the count is of; -1: it must be counted. */
  rev: number
  /** Of the last commit heard. */
  latest: number
  /** Grows with each move of the read position. */
  moves: number
}

/** What a commit adds, worked out once for all who hear it. */
interface Gain {
  total: number
  byAuthor: Map<string, number>
  /** Something that counted is gone, and nobody knows for whom it counted. */
  isUnclear: boolean
}

/** Commits of one room, one after the other, that changed nobody's count. */
interface Lull {
  from: number
  rev: number
}

/** Lulls remembered: who is in a room whose lull was forgotten is counted again. */
const MOST_LULLS = 10_000

export class Unread {
  readonly #lulls = new Map<string, Lull>()
  readonly #store: Store
  readonly #clock: Clock
  /** The rev up to which a person has read a room; `null`: all since they came in is unread. */
  readonly #positionOf: (user: string, room: string) => Promise<number | null>

  constructor(
    store: Store,
    clock: Clock,
    positionOf: (user: string, room: string) => Promise<number | null>,
  ) {
    this.#store = store
    this.#clock = clock
    this.#positionOf = positionOf
  }

  /** The count as of now, or of a rev of which somebody is told together with it. */
  async of(person: Person, room: string, atLeast: number): Promise<number> {
    const tally = this.#open(person, room)
    pass(tally, this.#lulls.get(room))
    tally.latest = Math.max(tally.latest, atLeast)
    for (let tries = 0; tries < MOST_TRIES && tally.rev < tally.latest; tries++) {
      const { moves } = tally
      const since = await this.#positionOf(person.id, room)
      const found = await this.#store.unread(room, person.id, since, MOST_UNREAD, this.#clock.now())
      if (tally.moves !== moves) continue
      tally.count = found.count
      tally.rev = found.rev
    }
    return tally.count
  }

  /** All these people are in the room of the commit. When it changes no count, they are not even looked at. */
  heard(commit: Commit, people: ReadonlyMap<string, Person>): void {
    const { room, from, rev } = commit
    const gain = gainOf(commit)
    const lull = this.#lulls.get(room)
    if (people.size === 0) this.#lulls.delete(room)
    else if (gain.total > 0 || gain.isUnclear) {
      for (const person of people.values()) hear(person, commit, gain, lull)
      this.#lulls.delete(room)
    } else if (lull?.rev === from) lull.rev = rev
    else {
      if (this.#lulls.size >= MOST_LULLS) this.#lulls.clear()
      this.#lulls.set(room, { from, rev })
    }
  }

  /** Whether the count that somebody was told still holds. */
  isAsTold(person: Person, room: string, count: number): boolean {
    const tally = person.unread.get(room)
    return tally !== undefined && tally.rev >= 0 && tally.count === count
  }

  /** The read position has moved. */
  moved(person: Person, room: string): void {
    const tally = this.#open(person, room)
    tally.moves++
    tally.rev = -1
  }

  /** They came into the room for the first time, with this rev: nothing before it is unread, and it need not be counted. */
  entered(person: Person, room: string, rev: number): void {
    const tally = this.#open(person, room)
    if (tally.rev >= rev) return
    tally.count = 0
    tally.rev = rev
    tally.latest = Math.max(tally.latest, rev)
  }

  forget(person: Person, room: string): void {
    person.unread.delete(room)
  }

  #open(person: Person, room: string): Tally {
    let tally = person.unread.get(room)
    if (!tally) {
      tally = { count: 0, rev: -1, latest: 0, moves: 0 }
      person.unread.set(room, tally)
    }
    return tally
  }
}

function hear(person: Person, commit: Commit, gain: Gain, lull: Lull | undefined): void {
  const tally = person.unread.get(commit.room)
  if (!tally) return
  pass(tally, lull)
  tally.latest = Math.max(tally.latest, commit.rev)
  if (tally.rev < 0 || commit.rev <= tally.rev) return
  if (commit.from > tally.rev || (gain.isUnclear && tally.count > 0)) {
    tally.rev = -1
    return
  }
  tally.rev = commit.rev
  tally.count = Math.min(MOST_UNREAD, tally.count + gain.total - (gain.byAuthor.get(person.id) ?? 0))
}

/** A count of the beginning of a lull, or from within it, is one of its end. */
function pass(tally: Tally, lull: Lull | undefined): void {
  if (!lull) return
  tally.latest = Math.max(tally.latest, lull.rev)
  if (tally.rev >= lull.from && tally.rev < lull.rev) tally.rev = lull.rev
}

function gainOf(commit: Commit): Gain {
  const gain: Gain = { total: 0, byAuthor: new Map(), isUnclear: false }
  for (const record of commit.put) {
    if (record.born <= commit.from || !isCounted(record)) continue
    const author = authorOf(record) ?? ''
    gain.total++
    gain.byAuthor.set(author, (gain.byAuthor.get(author) ?? 0) + 1)
  }
  gain.isUnclear = hasLostCounted(commit)
  return gain
}
