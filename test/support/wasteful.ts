/** A thread that makes much garbage, and says what its heap was before and after it was found idle. */

import { parentPort } from 'node:worker_threads'
import { IdleCollector, thisThread } from '../../src/idle-collector.ts'

const thread = thisThread()
// Whether it is idle depends on who else is at work on the machine.
const collector = new IdleCollector({ ...thread, work: () => 0 }, 0.1)
const waste = Array.from({ length: 600_000 }, (_, n) => ({ n, text: `${n}` }))
const before = waste.length > 0 ? thread.heap() : 0
waste.length = 0
for (let looks = 0; looks < 4; looks++) collector.look()
parentPort?.postMessage({ before, after: thread.heap() })
