/** Who is here, under which name, and in which rooms. It holds names free of doubles; it stores nothing. */

import { foldName } from '../state/fold.ts'
import { Handover } from '../state/handover.ts'
import type { Peer } from './peer.ts'
import type { Clock } from './ports.ts'
import type { Tally } from './unread.ts'

/** Somebody with at least one connection, or about to have one. */
export interface Person {
  readonly id: string
  name: string
  /** Their connections: mostly one, for which a set would be large. */
  peers: readonly Peer[]
  /** Connections that are being greeted. */
  arriving: number
  /** Rooms they are in, desks not counted; and how many they are on their way into. */
  rooms: Set<string>
  entering: number
  /** What they have not read, by room; kept by `Unread`. */
  readonly unread: Map<string, Tally>
  /** Counts comings and goings, so that a reading of `rooms` can be told to be stale. */
  moves: number
}

interface Hold {
  user: string
  /** ms of the monotonic clock; after it only somebody present holds the name. */
  until: number
}

/** How long a name is kept for somebody who has yet to connect, or may come back, as who loads the page anew; ms. */
const RESERVED = 60_000

export class People {
  readonly #clock: Clock
  readonly #here = new Map<string, Person>()
  /** By fold. */
  readonly #names = new Map<string, Hold>()
  /** The fold of the name that somebody here bears: folding ten thousand names every second would show. */
  readonly #borne = new Map<string, string>()
  /** Names of those introduced a moment ago who were never here and are in no room, so that nobody need look. */
  readonly #newcomers = new Handover<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(user: string): Person | undefined {
    return this.#here.get(user)
  }

  all(): Iterable<Person> {
    return this.#here.values()
  }

  get size(): number {
    return this.#here.size
  }

  enter(user: string, name: string): Person {
    let person = this.#here.get(user)
    if (!person) {
      person = {
        id: user,
        name,
        peers: [],
        arriving: 0,
        rooms: new Set(),
        entering: 0,
        unread: new Map(),
        moves: 0,
      }
      this.#here.set(user, person)
      const folded = foldName(name)
      this.#borne.set(user, folded)
      this.#hold(user, folded)
    }
    return person
  }

  /** They were never here, and bear this name. */
  introduce(user: string, name: string): void {
    this.#newcomers.leave(user, name)
  }

  /** The name of a newcomer, who is none any more: they come in, or are let in somewhere. */
  newcomer(user: string): string | undefined {
    return this.#newcomers.take(user)
  }

  /** If the last connection has gone, the person has too; the name is kept for them for a while. */
  leave(person: Person): void {
    if (person.peers.length + person.arriving > 0) return
    this.#here.delete(person.id)
    this.#borne.delete(person.id)
    this.hold(person.id, person.name)
  }

  isFree(user: string, name: string): boolean {
    return this.#isFree(user, foldName(name))
  }

  /** Takes the name if it is free, besides the one borne already. */
  hold(user: string, name: string): boolean {
    return this.#hold(user, foldName(name))
  }

  /** The person now bears the name, and the one before is free. */
  rename(user: string, name: string): void {
    const person = this.#here.get(user)
    if (!person || person.name === name) return
    const before = person.name
    person.name = name
    this.#borne.set(user, foldName(name))
    if (foldName(before) !== foldName(name)) this.release(user, before)
  }

  release(user: string, name: string): void {
    const folded = foldName(name)
    // Under another spelling they may bear it.
    if (this.#borne.get(user) === folded) return
    if (this.#names.get(folded)?.user === user) this.#names.delete(folded)
  }

  /** Forgets names whose time has run out. */
  sweep(): void {
    for (const [folded, hold] of this.#names) if (!this.#isHeld(hold, folded)) this.#names.delete(folded)
  }

  #hold(user: string, folded: string): boolean {
    if (!this.#isFree(user, folded)) return false
    this.#names.set(folded, { user, until: this.#clock.elapsed() + RESERVED })
    return true
  }

  #isFree(user: string, folded: string): boolean {
    const hold = this.#names.get(folded)
    return !hold || hold.user === user || !this.#isHeld(hold, folded)
  }

  #isHeld(hold: Hold, folded: string): boolean {
    return hold.until > this.#clock.elapsed() || this.#borne.get(hold.user) === folded
  }
}
