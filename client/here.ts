/** Who of a room is here, and who is typing. Told by the server, kept until the connection goes. */

import type { OpenAnswer, PresenceSignal } from '../src/protocol.ts'
import type { Stop } from './api.ts'
import type { Clock } from './clock.ts'

/** ms that somebody types after their last sign of it; they give one at most every 3 s. */
const TYPING = 5_000
/** People typing at once who are worth a timer. */
const MOST_TYPISTS = 20

export class Here {
  present = 0
  online: ReadonlySet<string> = new Set()
  typists: readonly string[] = []
  readonly #clock: Clock
  readonly #changed: () => void
  readonly #timers = new Map<string, Stop>()

  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock
    this.#changed = changed
  }

  opened({ online, present }: OpenAnswer): void {
    this.online = new Set(online)
    this.present = present
  }

  hear({ online, offline, present, whole }: PresenceSignal): void {
    const now = new Set(whole ? [] : this.online)
    for (const user of online) now.add(user)
    for (const user of offline) {
      now.delete(user)
      this.stopped(user)
    }
    this.online = now
    this.present = present
    this.#changed()
  }

  types(user: string): void {
    this.#timers.get(user)?.()
    if (!this.#timers.has(user) && this.#timers.size >= MOST_TYPISTS) return
    this.#timers.set(
      user,
      this.#clock.after(TYPING, () => this.stopped(user)),
    )
    this.#tellTypists()
  }

  /** Their message is there, they are gone, or they think. */
  stopped(user: string): void {
    this.#timers.get(user)?.()
    if (this.#timers.delete(user)) this.#tellTypists()
  }

  /** Without a connection nobody is known to be here. */
  lost(): void {
    this.online = new Set()
    this.present = 0
    for (const stop of this.#timers.values()) stop()
    this.#timers.clear()
    this.#tellTypists()
  }

  #tellTypists(): void {
    this.typists = [...this.#timers.keys()]
    this.#changed()
  }
}
