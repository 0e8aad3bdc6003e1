/**
 * An outbox storage that is still being opened, so that the page need not wait for it: what is asked of it meanwhile
 * is done in the same order once it is there. Where it cannot be opened, nothing is kept over a reload.
 */

import type { Stop } from '../api.ts'
import type { OutboxStorage } from '../outbox-storage.ts'
import { memoryOutbox } from '../outbox-storage.ts'

/** ms after which a database that does not open is given up. */
const PATIENCE = 2_000

export function lateOutbox(opening: Promise<OutboxStorage>, patience = PATIENCE): OutboxStorage {
  const givenUp = new Promise<OutboxStorage>((resolve) => {
    setTimeout(() => resolve(memoryOutbox()), patience)
  })
  const opened = Promise.race([opening.catch(() => memoryOutbox()), givenUp])
  const soon = (deed: (storage: OutboxStorage) => void) => void opened.then(deed)
  return {
    adopt(person, take) {
      let isStopped = false
      let stop: Stop | null = null
      soon((storage) => {
        if (!isStopped) stop = storage.adopt(person, take)
      })
      return () => {
        isStopped = true
        stop?.()
      }
    },
    put: (entry) => soon((storage) => storage.put(entry)),
    remove: (entry) => soon((storage) => storage.remove(entry)),
    clear: (person) => soon((storage) => storage.clear(person)),
  }
}
