/** What happened in a run, as its participants saw it: operations, readings, memberships. It judges nothing. */

import { hash } from 'node:crypto'

/** `unknown`: the answer never came, so it may have been done or not. */
export type Outcome = 'ok' | 'refused' | 'unknown'

/** What somebody wanted of a room. Resends of it are the same operation. */
export interface Operation {
  readonly what: 'send' | 'edit' | 'delete'
  /** The person, and the client instance whose order of sending must hold. */
  readonly who: string
  readonly ear: string
  readonly room: string
  /** Of the message. */
  readonly id: string
  /** Of the body; `null` for a deletion. */
  readonly hash: string | null
  /** When it was sent first and answered, on the history's clock. */
  readonly sent: number
  answered: number | null
  outcome: Outcome
  /** As the `ok` said. */
  rev: number | null
}

/** A message as somebody saw it. */
export interface Seen {
  readonly id: string
  readonly born: number
  readonly hash: string
  readonly by: string
  readonly isEdited: boolean
}

/** One `sync`, or all pages of one look into the history. */
export interface Reading {
  readonly how: 'live' | 'resumed' | 'history'
  /** Who read: a client instance, the number of its connection, and the person behind it. */
  readonly ear: string
  readonly session: number
  readonly person: string
  readonly room: string
  /** When it was asked for, and when it came. Live ones are not asked for: both are the same. */
  readonly begun: number
  readonly at: number
  /** It claims to tell everything after `from` up to `rev`. */
  readonly from: number
  readonly rev: number
  /** It begins anew; what was known before does not count. */
  readonly isReset: boolean
  /** In the order in which they came; of history, oldest first. */
  readonly seen: readonly Seen[]
  readonly gone: readonly string[]
}

/** Somebody could see a room for so long; `to` is `null` while they still can. */
export interface Membership {
  readonly person: string
  readonly room: string
  readonly from: number
  to: number | null
}

/** A message as it travels, as far as it matters here. */
export interface Sight {
  id: string
  born: number
  body: string
  by: string
  edited: number | null
}

export const hashOf = (body: string): string => hash('sha1', body, 'base64')

export class History {
  readonly operations: Operation[] = []
  readonly readings: Reading[] = []
  readonly memberships: Membership[] = []
  readonly #seen = new Map<string, Seen>()
  /** Of each message what was seen last, because most see the same: comparing is cheaper than hashing. */
  readonly #newest = new Map<string, { sight: Sight; seen: Seen }>()
  #last = 0

  /** A clock that never gives the same time twice, so that before and after are always clear. ms. */
  now(): number {
    this.#last = Math.max(performance.now(), this.#last + 1e-6)
    return this.#last
  }

  begin(wanted: Pick<Operation, 'what' | 'who' | 'ear' | 'room' | 'id'>, body: string | null): Operation {
    const { what, who, ear, room, id } = wanted
    const operation: Operation = {
      ...{ what, who, ear, room, id },
      hash: body === null ? null : hashOf(body),
      sent: this.now(),
      answered: null,
      outcome: 'unknown',
      rev: null,
    }
    this.operations.push(operation)
    return operation
  }

  /** `rev`: of the `ok`; `null`: it was refused for good. */
  end(operation: Operation, rev: number | null): void {
    operation.answered = this.now()
    operation.outcome = rev === null ? 'refused' : 'ok'
    operation.rev = rev
  }

  /** The same object for the same sight, because two hundred ears see it. */
  see({ id, born, body, by, edited }: Sight): Seen {
    const newest = this.#newest.get(id)
    const { sight } = newest ?? {}
    if (newest && sight?.born === born && sight.body === body && sight.by === by && sight.edited === edited)
      return newest.seen
    const fresh = this.#see({ id, born, body, by, edited })
    this.#newest.set(id, { sight: { id, born, body, by, edited }, seen: fresh })
    return fresh
  }

  #see({ id, born, body, by, edited }: Sight): Seen {
    const seen: Seen = { id, born, by, hash: hashOf(body), isEdited: edited !== null }
    const key = `${id} ${born} ${by} ${edited} ${seen.hash}`
    const known = this.#seen.get(key)
    if (known) return known
    this.#seen.set(key, seen)
    return seen
  }

  read(reading: Reading): void {
    this.readings.push(reading)
  }

  enter(person: string, room: string): Membership {
    const membership: Membership = { person, room, from: this.now(), to: null }
    this.memberships.push(membership)
    return membership
  }
}
