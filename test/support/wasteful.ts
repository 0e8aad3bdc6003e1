/** A thread that makes much garbage, then waits for nothing until its heap has shrunk, and ends. */

import v8 from 'node:v8'
import { parentPort } from 'node:worker_threads'
import { collectWhenIdle } from '../../src/idle-collector.ts'

const heap = () => v8.getHeapStatistics().total_heap_size

collectWhenIdle()
let waste: object[] | null = Array.from({ length: 600_000 }, (_, n) => ({ n, text: `${n}` }))
const before = waste.length > 0 ? heap() : 0
waste = null
const waiting = setInterval(() => {
  const after = heap()
  if (after > before / 2) return
  clearInterval(waiting)
  parentPort?.postMessage({ before, after })
}, 100)
