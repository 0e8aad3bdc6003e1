/** The SQLite store keeps the contract of every store, on disk and in memory. */

import { storeContract } from '../contract/store.contract.ts'
import { fileStore, memoryStore } from '../support/store.ts'

storeContract('SQLite on disk', async (t) => (await fileStore(t)).store)
storeContract('SQLite in memory', memoryStore)
