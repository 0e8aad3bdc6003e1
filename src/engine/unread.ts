/** How much of each room each person here has not read. Counted by the store once, then moved along with commits. */

import type { Person } from './people.ts'
import type { Clock, Commit, Store } from './ports.ts'
import type { Count } from './trail.ts'
import { Trail } from './trail.ts'

/** Counting stops here: “99+”. */
export const MOST_UNREAD = 100
/** How often a count is asked for again because something moved meanwhile. */
const MOST_TRIES = 3

export interface Tally extends Count {
  /** The newest rev that somebody is told of together with the count. */
  latest: number
  /** Grows with each move of the read position. */
  moves: number
}

/** Trails remembered: who is in a room whose trail was forgotten is counted again. */
const MOST_TRAILS = 10_000

export class Unread {
  readonly #trails = new Map<string, Trail>()
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
    this.#follow(tally, person, room)
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

  /** All these people are in the room of the commit. They are not even looked at until the trail has become long. */
  heard(commit: Commit, people: ReadonlyMap<string, Person>): void {
    const { room, from } = commit
    if (people.size === 0) {
      this.#trails.delete(room)
      return
    }
    const trail = this.#trailOf(room, from)
    trail.add(commit)
    if (!trail.isLong) return
    for (const person of people.values()) {
      const tally = person.unread.get(room)
      if (tally) this.#follow(tally, person, room)
    }
    this.#trails.set(room, new Trail(trail.rev))
  }

  /** Whether the count that somebody was told still holds. */
  isAsTold(person: Person, room: string, count: number): boolean {
    const tally = person.unread.get(room)
    if (tally) this.#follow(tally, person, room)
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

  /** What begins elsewhere than where the trail has come to begins another. */
  #trailOf(room: string, from: number): Trail {
    const known = this.#trails.get(room)
    if (known?.rev === from) return known
    if (this.#trails.size >= MOST_TRAILS) this.#trails.clear()
    const trail = new Trail(from)
    this.#trails.set(room, trail)
    return trail
  }

  #follow(tally: Tally, person: Person, room: string): void {
    const trail = this.#trails.get(room)
    if (!trail) return
    tally.latest = Math.max(tally.latest, trail.rev)
    trail.follow(tally, person.id, MOST_UNREAD)
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
