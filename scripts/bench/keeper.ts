/**
 * The least that a thread can do to keep something: each time it is asked it writes to a journal as many pages as a
 * message changes in a database, and fsyncs. What they hold does not matter, and is not read back.
 */

import { fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'

/** Four pages of 4 KiB, each with the header that SQLite's journal gives it. */
const PAGES = Buffer.alloc(4 * (4096 + 24), 'parlour')
/** Then the journal begins at its start again. */
const MOST = 500

const journal = openSync(join(String(workerData), 'journal'), 'w')
let written = 0

parentPort?.on('message', () => {
  writeSync(journal, PAGES, 0, PAGES.length, (written++ % MOST) * PAGES.length)
  fsyncSync(journal)
  parentPort?.postMessage(null)
})
