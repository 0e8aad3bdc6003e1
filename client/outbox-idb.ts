/**
 * The outbox in IndexedDB, so that it survives a reload. Tabs share it: each entry is the care of one tab, and when
 * that tab is gone another takes it over. Without Web Locks (plain HTTP) tabs cannot see each other; then each takes
 * what it finds, and the same ids keep a doubled sending harmless.
 */

import type { Pending } from './api.ts'
import type { OutboxStorage } from './outbox-storage.ts'

const DATABASE = 'parlour-outbox'
const ENTRIES = 'entries'

/** How entries lie in the database: with the tab whose care they are. */
interface Kept {
  id: string
  person: string
  tab: string
  entry: Pending
}

/** Rejects where the browser stores nothing. `tab`: an id of this page that no other one ever has. */
export async function idbOutbox(tab: string): Promise<OutboxStorage> {
  const database = await open()
  const entries = (mode: IDBTransactionMode) => database.transaction(ENTRIES, mode).objectStore(ENTRIES)
  // Held as long as this page lives: that is how others know.
  navigator.locks?.request(lockOf(tab), () => new Promise(() => undefined))

  const adoptFor = async (person: string, take: (entries: Pending[]) => void, isOver: () => boolean) => {
    const living = await livingTabs(tab)
    if (isOver()) return
    const store = entries('readwrite')
    const request: IDBRequest<Kept[]> = store.getAll()
    const found = await done(request)
    const own = found.filter((kept) => kept.person === person && !living.has(kept.tab))
    for (const kept of own) store.put({ ...kept, tab })
    take(own.map(({ entry }) => entry).sort((a, b) => a.order - b.order))
    const others = new Set(found.filter((kept) => living.has(kept.tab)).map((kept) => kept.tab))
    for (const other of others) whenGone(other, () => isOver() || void adopt(person, take, isOver))
  }
  const adopt = (person: string, take: (entries: Pending[]) => void, isOver: () => boolean) =>
    // A database that fails has nothing to give; what is written now still goes out of memory.
    adoptFor(person, take, isOver).catch(() => take([]))

  return {
    adopt(person, take) {
      let isOver = false
      void adopt(person, take, () => isOver)
      return () => {
        isOver = true
      }
    },
    put: (entry) =>
      void entries('readwrite').put({ id: entry.id, person: entry.person, tab, entry } satisfies Kept),
    remove: ({ id }) => void entries('readwrite').delete(id),
    clear(person) {
      const store = entries('readwrite')
      const request: IDBRequest<Kept[]> = store.getAll()
      request.onsuccess = () => {
        for (const kept of request.result) if (kept.person === person) store.delete(kept.id)
      }
    },
  }
}

const lockOf = (tab: string) => `parlour-tab-${tab}`

/** Without locks nobody else is known to live. */
async function livingTabs(tab: string): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  const names = held.map(({ name }) => name ?? '')
  const prefix = lockOf('')
  const living = names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length))
  return new Set(living.filter((other) => other !== tab))
}

/** The lock of another tab is granted when that tab is no more. */
function whenGone(other: string, call: () => void): void {
  void navigator.locks?.request(lockOf(other), async () => call())
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => void request.result.createObjectStore(ENTRIES, { keyPath: 'id' })
  return done(request)
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
