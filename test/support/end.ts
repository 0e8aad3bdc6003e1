/** A test file whose process does not end by itself says what keeps it, and fails. Loaded before each (`scripts/test.ts`). */

import { after } from 'node:test'
import { isMainThread } from 'node:worker_threads'

/** ms after its last test. */
const PATIENCE = 10_000

// Threads and forked processes of a test are loaded with it as well.
if (isMainThread && process.argv[1]?.endsWith('.test.ts')) {
  after(() => {
    setTimeout(() => {
      console.error(
        `After the last test this keeps the process: ${process.getActiveResourcesInfo().join(', ')}`,
      )
      process.exit(1)
    }, PATIENCE).unref()
  })
}
