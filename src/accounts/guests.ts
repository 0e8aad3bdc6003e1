/** Guests: people whom nothing identifies but the session they were given at the door. They have no password. */

import { customAlphabet } from 'nanoid'
import type { Clock, Store } from '../engine/ports.ts'
import type { Sessions, Ticket } from './sessions.ts'

/** 71 bits, without signs, so that an id can stand in any other. */
const newId = customAlphabet('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 12)

export class Guests {
  readonly #store: Store
  readonly #clock: Clock
  readonly #sessions: Sessions

  constructor(store: Store, clock: Clock, sessions: Sessions) {
    this.#store = store
    this.#clock = clock
    this.#sessions = sessions
  }

  /** A new person, who does not have a name yet. On disk when this resolves. */
  async welcome(): Promise<Ticket> {
    const { ticket, session } = this.#sessions.issue(newId())
    await this.#store.addUser({ id: ticket.user, created: this.#clock.now() }, session)
    this.#sessions.begun(session)
    return ticket
  }

  /** Takes back a welcome: the name that was wished for belongs to somebody else. */
  async dismiss({ user, session }: Ticket): Promise<void> {
    this.#sessions.drop(session)
    await this.#store.forget(user)
  }
}
