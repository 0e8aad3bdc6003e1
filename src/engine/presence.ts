/** Who is here, room by room, and who came or went since that was last told. It tells nothing itself. */

import type { Person } from './people.ts'

/** People named in one frame: beyond it only how many are here. */
const MOST_ONLINE = 1_000

interface Here {
  people: Map<string, Person>
  /** Came (true) or went (false) since the last telling. */
  changes: Map<string, boolean>
}

export interface PresenceNews {
  room: string
  online: string[]
  offline: string[]
  /** How many are here now. */
  present: number
}

const nobody: ReadonlyMap<string, Person> = new Map()

export class Presence {
  readonly #rooms = new Map<string, Here>()
  readonly #changed = new Set<string>()

  /** Members of the room with at least one connection. */
  of(room: string): ReadonlyMap<string, Person> {
    return this.#rooms.get(room)?.people ?? nobody
  }

  /** How many are here, and who, as far as that can be told in one frame. */
  summary(room: string): { online: string[]; present: number } {
    const here = this.of(room)
    const online: string[] = []
    for (const user of here.keys()) if (online.push(user) === MOST_ONLINE) break
    return { online, present: here.size }
  }

  enter(room: string, person: Person): void {
    let here = this.#rooms.get(room)
    if (!here) {
      here = { people: new Map(), changes: new Map() }
      this.#rooms.set(room, here)
    }
    if (here.people.has(person.id)) return
    here.people.set(person.id, person)
    this.#note(room, here, person.id, true)
  }

  leave(room: string, person: Person): void {
    const here = this.#rooms.get(room)
    if (here?.people.delete(person.id)) this.#note(room, here, person.id, false)
  }

  /** Rooms whose last person has gone are dropped with this; a vanished room too. */
  drop(room: string): void {
    this.#rooms.delete(room)
    this.#changed.delete(room)
  }

  /** What changed since the last call: how it is now. */
  news(): PresenceNews[] {
    const news: PresenceNews[] = []
    for (const room of this.#changed) {
      const here = this.#rooms.get(room)
      if (!here) continue
      const online: string[] = []
      const offline: string[] = []
      for (const [user, came] of here.changes) (came ? online : offline).push(user)
      here.changes.clear()
      if (online.length + offline.length > 0) news.push({ room, online, offline, present: here.people.size })
      if (here.people.size === 0) this.#rooms.delete(room)
    }
    this.#changed.clear()
    return news
  }

  /** The last word counts, also of who came and went again: somebody may have opened the room in between. */
  #note(room: string, here: Here, user: string, came: boolean): void {
    here.changes.set(user, came)
    this.#changed.add(room)
  }
}
