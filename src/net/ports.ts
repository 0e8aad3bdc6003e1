/** What the network asks of the house besides the engine, as interfaces: who somebody is, and whether they still are. */

import type { Engine } from '../engine/ports.ts'

/** Proof of who somebody is, as a browser or a script presents it. */
export interface Ticket {
  user: string
  /** The secret. It is in no URL, no log and no database. */
  token: string
  /** Names the session without being the secret. */
  session: string
}

export interface Guests {
  /** A new person without a name. */
  welcome(): Promise<Ticket>
  /** Takes back a welcome. */
  dismiss(ticket: Ticket): Promise<void>
}

export interface Sessions {
  /** `null`: unknown, ended or expired. Counts as a use of the session. */
  recognise(token: string): Promise<Ticket | null>
  /** The same ticket, or a new one when this one is about to grow old. */
  renew(ticket: Ticket): Promise<Ticket>
  /** Whether the session still holds. Counts as a use of it. */
  holds(session: string): Promise<boolean>
  /** Ends all sessions of the person. */
  end(ticket: Ticket): Promise<void>
}

/** All that a visitor may be led to. */
export interface House {
  engine: Engine
  guests: Guests
  sessions: Sessions
}
