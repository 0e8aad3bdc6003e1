/** Where pending commands survive a reload, as an interface, and the one that does not. */

import type { Pending, Stop } from './api.ts'

export interface OutboxStorage {
  /**
   * Gives the entries of a person that are nobody's care now, oldest first: at once, and even if there are none, those
   * of before a reload; later those of a tab that was closed with entries in it. They are this one's care from then on.
   */
  adopt(person: string, take: (entries: Pending[]) => void): Stop
  /** Adds or replaces. A failure is the storage's own business: the outbox goes on in memory. */
  put(entry: Pending): void
  remove(entry: Pending): void
  /** Removes all that a person has, in other tabs too. */
  clear(person: string): void
}

/** Keeps nothing: for bots and tests, and for browsers that refuse to store anything. */
export const memoryOutbox = (): OutboxStorage => ({
  adopt(_person, take) {
    take([])
    return () => undefined
  },
  put: () => undefined,
  remove: () => undefined,
  clear: () => undefined,
})
