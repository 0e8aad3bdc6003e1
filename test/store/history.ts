/** A room with one message for each rev, and stores opened again, for tests of what becomes of them. */

import type { TestContext } from 'node:test'
import type { Store } from '../../src/engine/ports.ts'
import { checkUp } from '../../src/store/checkup.ts'
import { openStore } from '../../src/store/sqlite.ts'
import type { MemoryLog } from '../support/log.ts'
import { memoryLog } from '../support/log.ts'
import { batch, commit, message } from '../support/store.ts'

export async function write(store: Store, from: number, to: number): Promise<void> {
  for (let rev = from; rev <= to; rev++)
    await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
}

export async function reopened(t: TestContext, file: string): Promise<{ store: Store; log: MemoryLog }> {
  const log = memoryLog()
  const store = await openStore({ file, log })
  t.after(() => store.close())
  return { store, log }
}

/** What `check` would find wrong. */
export const wrongIn = (file: string) => checkUp(file).filter(({ problem }) => problem !== null)
