/** An outbox storage in a map, which a test can hand on to the next client as a browser does over a reload. */

import type { Pending } from '../../client/api.ts'
import type { OutboxStorage } from '../../client/outbox-storage.ts'

export function keeper(entries: Map<string, Pending> = new Map()): OutboxStorage {
  return {
    adopt(person, take) {
      take([...entries.values()].filter((entry) => entry.person === person))
      return () => undefined
    },
    put: (entry) => void entries.set(entry.id, entry),
    remove: ({ id }) => void entries.delete(id),
    clear: (person) => {
      for (const entry of entries.values()) if (entry.person === person) entries.delete(entry.id)
    },
  }
}
