/**
 * An outbox storage that is still being opened, so that the page need not wait for it: what is asked of it meanwhile
 * is done in the same order once it is there, however late. Where it cannot be opened, nothing is kept over a reload.
 */

import type { Stop } from '../api.ts'
import type { OutboxStorage } from '../outbox-storage.ts'
import { memoryOutbox } from '../outbox-storage.ts'

/** ms after which sending does not wait any longer for what the database may hold. */
const PATIENCE = 2_000

export function lateOutbox(opening: Promise<OutboxStorage>, patience = PATIENCE): OutboxStorage {
  const opened = opening.catch(() => memoryOutbox())
  const soon = (deed: (storage: OutboxStorage) => void) => void opened.then(deed)
  return {
    adopt(person, take) {
      let isStopped = false
      let stop: Stop | null = null
      const timer = setTimeout(() => take([]), patience)
      soon((storage) => {
        if (isStopped) return
        stop = storage.adopt(person, (entries) => {
          clearTimeout(timer)
          take(entries)
        })
      })
      return () => {
        isStopped = true
        clearTimeout(timer)
        stop?.()
      }
    },
    put: (entry) => soon((storage) => storage.put(entry)),
    remove: (entry) => soon((storage) => storage.remove(entry)),
    clear: (person) => soon((storage) => storage.clear(person)),
  }
}
