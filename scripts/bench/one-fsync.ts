/**
 * How long the disk takes to keep something: writes a frame of SQLite's journal, one page and its header, and waits for
 * `fsync`, over and over, for a time. A pause before each lets disk and core rest, as they do between the messages of
 * somebody who is alone. It prints an outcome, as the generator does, and uses no database.
 */

import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { Histogram } from '../load/histogram.ts'
import type { Outcome } from './job.ts'
import { measure } from './meter.ts'

/** A page of 4 KiB and the header before it, bytes. */
const FRAME = 4096 + 24
/** Then the journal begins at its start again, as SQLite's does after a checkpoint. */
const FRAMES = 1000

/** The folder; ms in all, and before each. */
const wanted = v.object({ folder: v.string(), time: v.number(), pause: v.number() })
const { folder, time, pause } = v.parse(wanted, JSON.parse(process.argv[2] ?? 'null'))
console.log(JSON.stringify(keep()))

function keep(): Outcome {
  const handle = openSync(join(folder, 'one-fsync'), 'w')
  const frame = Buffer.alloc(FRAME, 'parlour')
  const took = new Histogram()
  const never = new Int32Array(new SharedArrayBuffer(4))
  const read = measure(process.pid)
  const end = performance.now() + time
  for (let n = 0; performance.now() < end; n++) {
    if (pause > 0) Atomics.wait(never, 0, 0, pause)
    const begin = performance.now()
    writeSync(handle, frame, 0, FRAME, (n % FRAMES) * FRAME)
    fsyncSync(handle)
    took.record(performance.now() - begin)
  }
  const { serverCpu, othersCpu, ...measured } = read()
  closeSync(handle)
  return {
    ...measured,
    // The process that is measured is this one: its CPU was taken off twice.
    serverCpu: 0,
    othersCpu: othersCpu + serverCpu,
    rssBefore: measured.rss,
    messages: took.total,
    deliveries: 0,
    perFrame: null,
    p50: took.quantile(0.5),
    p99: took.quantile(0.99),
    p999: took.quantile(0.999),
    faults: {},
  }
}
