/**
 * The outbox in IndexedDB, so that it survives a reload. Tabs share it: each entry is the care of one tab, and when
 * that tab is gone another takes it over. Without Web Locks (plain HTTP) tabs cannot see each other; then each takes
 * what it finds, and the same ids keep a message that is sent twice from being there twice.
 */

import type { Pending } from './api.ts'
import type { OutboxStorage } from './outbox-storage.ts'

const DATABASE = 'parlour-outbox'
const ENTRIES = 'entries'
/** ms that entries of people who do not come back are kept. */
const KEEP = 30 * 24 * 3_600_000

/** How an entry lies in the database: with the tab whose care it is. */
interface Kept {
  id: string
  person: string
  tab: string
  entry: Pending
}

type Take = (entries: Pending[]) => void

/** Rejects where the browser stores nothing. `tab`: an id that no other page ever has. */
export async function idbOutbox(tab: string): Promise<OutboxStorage> {
  const database = await open()
  const tabs = new BroadcastChannel(DATABASE)
  // Held as long as this page lives: that is how the others know.
  void hold(lockOf(tab), () => {
    tabs.postMessage('here')
    return new Promise(() => undefined)
  })
  /** Tabs whose end is waited for. */
  const awaited = new Set<string>()

  /** A database that fails has nothing to give; what is written now goes out of memory all the same. */
  const write = (change: (store: IDBObjectStore) => void, failed: () => void = () => undefined) => {
    try {
      change(database.transaction(ENTRIES, 'readwrite').objectStore(ENTRIES))
    } catch (error) {
      console.warn('The outbox cannot be kept over a reload.', error)
      failed()
    }
  }
  const each = (call: (kept: Kept, store: IDBObjectStore) => void, done: () => void) =>
    write((store) => {
      const all: IDBRequest<Kept[]> = store.getAll()
      all.onsuccess = () => {
        for (const kept of all.result) call(kept, store)
        done()
      }
      all.onerror = done
    }, done)

  const adopt = async (person: string, take: Take, isOver: () => boolean) => {
    const living = await livingTabs(tab)
    if (isOver()) return
    const adopted: Pending[] = []
    await new Promise<void>((resolve) =>
      each((kept, store) => {
        if (living.has(kept.tab)) return
        // Never of who is here: this clock may be wrong by years.
        if (kept.person !== person) {
          if (kept.entry.at < Date.now() - KEEP) store.delete(kept.id)
        } else if (kept.tab !== tab) {
          store.put({ ...kept, tab })
          adopted.push(kept.entry)
        }
      }, resolve),
    )
    take(adopted.sort((a, b) => a.order - b.order))
    for (const other of living) {
      if (awaited.has(other)) continue
      awaited.add(other)
      // Granted when that tab is no more.
      void hold(lockOf(other), async () => undefined).then(() => {
        awaited.delete(other)
        if (!isOver()) void adopt(person, take, isOver)
      })
    }
  }

  return {
    adopt(person, take) {
      let isOver = false
      const look = () => adopt(person, take, () => isOver)
      void look()
      tabs.onmessage = look // one more whose end is to be waited for
      return () => {
        isOver = true
      }
    },
    put: (entry) =>
      write((store) => {
        store.put({ id: entry.id, person: entry.person, tab, entry } satisfies Kept)
        store.transaction.commit() // at once: left to itself it waits for this page, which may be about to go
      }),
    remove: ({ id }) => write((store) => store.delete(id)),
    clear: (person) =>
      each(
        (kept, store) => kept.person === person && store.delete(kept.id),
        () => undefined,
      ),
  }
}

const lockOf = (tab: string) => `parlour-tab-${tab}`

/** Resolves when the lock was granted and `use` is done; never where there are no locks. */
function hold(name: string, use: () => Promise<undefined>): Promise<unknown> {
  const never = new Promise(() => undefined)
  // Refused to pages that are about to go, which need no answer any more.
  return navigator.locks?.request(name, use).catch(() => never) ?? never
}

/** The other tabs that hold their lock. Without locks nobody is known to live. */
async function livingTabs(tab: string): Promise<ReadonlySet<string>> {
  const { held = [] } = (await navigator.locks?.query().catch(() => null)) ?? {}
  const prefix = lockOf('')
  const names = held.map(({ name = '' }) => name).filter((name) => name.startsWith(prefix))
  return new Set(names.map((name) => name.slice(prefix.length)).filter((other) => other !== tab))
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1)
  request.onupgradeneeded = () => void request.result.createObjectStore(ENTRIES, { keyPath: 'id' })
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
