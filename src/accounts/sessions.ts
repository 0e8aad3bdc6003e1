/** Sessions: who holds a token is that person, until it ends or expires. Only the hash of a token is kept. */

import { hash as digest, randomBytes } from 'node:crypto'
import type { Clock, Session, Store } from '../engine/ports.ts'
import { Handover } from '../state/handover.ts'
import { Limit } from '../state/limit.ts'

export interface SessionSettings {
  /** ms without use after which a session is over, and ms after which it is over in any case. */
  idle: number
  absolute: number
}

export interface Ticket {
  user: string
  token: string
  session: string
}

/** ms between two notes of “seen” at most, so that every connection does not cost a write. */
const seenEvery = 5 * 60 * 1000
/** New sessions in place of old ones, for each person: a few devices at once, then one an hour. */
const renewals = { burst: 5, perSecond: 1 / 3600 }

export class Sessions {
  readonly #store: Store
  readonly #clock: Clock
  readonly #settings: SessionSettings
  readonly #renewals: Limit
  /** Stored a moment ago and not used yet: who logs in connects at once, and need not be looked for. */
  readonly #fresh = new Handover<Session>()

  constructor(store: Store, clock: Clock, settings: SessionSettings) {
    this.#store = store
    this.#clock = clock
    this.#settings = settings
    this.#renewals = new Limit(() => clock.elapsed(), renewals)
  }

  /** A new session, to be stored and then `begun`, and the secret that opens it. */
  issue(user: string): { ticket: Ticket; session: Session } {
    const token = randomBytes(32).toString('base64url')
    const hash = hashOf(token)
    const now = this.#clock.now()
    return { ticket: { user, token, session: hash }, session: { hash, user, created: now, seen: now } }
  }

  /** It is on disk. */
  begun(session: Session): void {
    this.#fresh.leave(session.hash, session)
  }

  /** It goes with its person. */
  drop(session: string): void {
    this.#fresh.take(session)
  }

  /** Whose token it is; `null`: nobody's, or no longer. */
  async recognise(token: string): Promise<Ticket | null> {
    const hash = hashOf(token)
    const session = await this.#use(hash)
    return session === null ? null : { user: session.user, token, session: hash }
  }

  /**
   * The same, or a new one in its place when half of its days are over: whoever comes back keeps coming back. The old
   * one is left to expire, because other tabs may still use it. Who asks too often stays with the one they have.
   */
  async renew(ticket: Ticket): Promise<Ticket> {
    const old = await this.#store.session(ticket.session)
    const age = this.#clock.now() - (old?.created ?? 0)
    if (old === null || age < this.#settings.absolute / 2) return ticket
    if (this.#renewals.take(ticket.user) > 0) return ticket
    const young = this.issue(ticket.user)
    await this.#store.addSession(young.session)
    if ((await this.#store.session(ticket.session)) !== null) return young.ticket
    // The person logged out meanwhile, and this one came too late to go with the others.
    await this.#store.endSession(young.session.hash)
    return ticket
  }

  /** Whether the session still holds. */
  async holds(session: string): Promise<boolean> {
    return (await this.#use(session)) !== null
  }

  /** The person logs out: their other sessions, all renewed from one another, end with this one. */
  async end({ user, session }: Ticket): Promise<void> {
    this.#fresh.take(session)
    await this.#store.endSessionsOf(user)
  }

  async #use(hash: string): Promise<Session | null> {
    const session = this.#fresh.take(hash) ?? (await this.#store.session(hash))
    if (session === null) return null
    const now = this.#clock.now()
    const isOver = now - session.seen > this.#settings.idle || now - session.created > this.#settings.absolute
    if (isOver) {
      await this.#store.endSession(hash)
      return null
    }
    if (now - session.seen > Math.min(seenEvery, this.#settings.idle / 4)) await this.#store.touch(hash, now)
    return session
  }
}

const hashOf = (token: string) => digest('sha256', token)
