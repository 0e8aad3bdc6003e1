/**
 * All open connections: counts them against the caps, finds those of a person, and moves their time on with one
 * timer for all, because ten thousand idle ones must cost next to nothing. It never looks into one.
 */

import type { Clock, Log } from '../engine/ports.ts'
import { closeCodes } from '../protocol.ts'
import type { Connection } from './connection.ts'
import { Counts } from './counts.ts'
import type { Sessions } from './ports.ts'
import type { NetSettings } from './settings.ts'

const tickEvery = 1000
/** ms for which it is remembered that somebody logged out: longer than letting a socket in takes. */
const endedFor = 30_000

export class Connections {
  readonly #settings: NetSettings
  readonly #clock: Clock
  readonly #log: Log
  readonly #open = new Set<Connection>()
  /** Taken places, also of sockets that are still being let in. */
  #places = 0
  readonly #byAddress = new Counts()
  readonly #byUser = new Counts()
  /** People who logged out just now, and until when that is remembered. They never come back as the same person. */
  readonly #ended = new Map<string, number>()
  #sessions: Sessions | null = null
  #lastTick: number
  #stop: () => void

  constructor(settings: NetSettings, clock: Clock, log: Log) {
    this.#settings = settings
    this.#clock = clock
    this.#log = log
    this.#lastTick = clock.elapsed()
    this.#stop = clock.after(tickEvery, () => this.#tick())
  }

  get size(): number {
    return this.#open.size
  }

  /** Who is asked whether a session still holds. */
  watch(sessions: Sessions): void {
    this.#sessions = sessions
  }

  /** A place for one more socket of this address, unless it or the server is full. Give it back once. */
  seat(address: string): boolean {
    if (this.#places >= this.#settings.connections) return false
    if (!this.#byAddress.take(address, this.#settings.connectionsPerAddress)) return false
    this.#places += 1
    return true
  }

  /** The same for one more socket of this person. */
  seatPerson(user: string): boolean {
    return this.#byUser.take(user, this.#settings.connectionsPerPerson)
  }

  /** Gives back what was taken; `null`: nothing for a person. */
  leave(address: string, user: string | null): void {
    this.#places -= 1
    this.#byAddress.giveBack(address)
    if (user !== null) this.#byUser.giveBack(user)
  }

  add(connection: Connection): void {
    this.#open.add(connection)
    // It was recognised before its person logged out, but let in only after.
    if (this.#ended.has(connection.user)) this.endPerson(connection.user)
  }

  remove(connection: Connection): void {
    this.#open.delete(connection)
  }

  /** All sessions of the person are over: so are their sockets. */
  endPerson(user: string): void {
    this.#ended.set(user, this.#clock.elapsed() + endedFor)
    for (const connection of this.#open) {
      if (connection.user === user) connection.close(closeCodes.ended, 'this session has ended')
    }
  }

  closeAll(code: number, why: string): void {
    for (const connection of this.#open) connection.close(code, why)
  }

  /** Ends what is still there, and the timer. */
  terminateAll(): void {
    this.#stop()
    for (const connection of this.#open) connection.terminate()
  }

  #tick(): void {
    const now = this.#clock.elapsed()
    const wasLate = now - this.#lastTick > 2 * tickEvery
    this.#lastTick = now
    this.#stop = this.#clock.after(tickEvery, () => this.#tick())
    for (const [user, until] of this.#ended) if (now >= until) this.#ended.delete(user)
    for (const connection of this.#open) {
      connection.tick(now, wasLate)
      if (now >= connection.sessionDue) {
        connection.sessionDue = now + this.#settings.sessionCheck
        void this.#check(connection)
      }
    }
  }

  /** Somebody who stays connected for weeks uses their session too; one that expired ends. */
  async #check(connection: Connection): Promise<void> {
    try {
      const holds = (await this.#sessions?.holds(connection.session)) ?? true
      if (!holds) connection.close(closeCodes.ended, 'this session has ended')
    } catch (error) {
      this.#log.error('session_check_failed', { why: String(error) })
    }
  }
}
