/** Garbage is collected when the heap has grown and nobody waits, and at no other time. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { IdleCollector } from '../src/idle-collector.ts'

const MiB = 1024 * 1024

/** A thread whose heap and work are as the test says; a collection leaves `kept` bytes. */
function aThread(mostWork = 0.1) {
  const state = { heap: 20 * MiB, work: 0, kept: 20 * MiB, collected: 0, took: 0 }
  const thread = {
    heap: () => state.heap,
    work: () => state.work,
    collect() {
      state.collected++
      state.heap = state.kept
      return state.took
    },
  }
  const collector = new IdleCollector(thread, mostWork)
  return { state, look: (times = 1) => Array.from({ length: times }, () => collector.look()) }
}

/** One that has collected once, and has 20 MiB left. */
function aQuietThread() {
  const thread = aThread()
  thread.look(4)
  assert.equal(thread.state.collected, 1)
  return thread
}

test('garbage is collected when the heap has grown and four looks in a row found hardly any work', () => {
  const { state, look } = aQuietThread()
  Object.assign(state, { heap: 40 * MiB, work: 0.5 })
  look(9)
  assert.equal(state.collected, 1, 'not while there is work')
  state.work = 0.05
  look(3)
  assert.equal(state.collected, 1, 'not at the first pause')
  look()
  assert.equal(state.collected, 2)
})

test('work between two looks begins the waiting anew', () => {
  const { state, look } = aQuietThread()
  Object.assign(state, { heap: 40 * MiB, work: 0.11 })
  look()
  for (let n = 0; n < 5; n++) {
    state.work = 0
    look(3)
    state.work = 0.11
    look()
  }
  assert.equal(state.collected, 1)
})

test('how much work is quiet, each thread says for itself', () => {
  const { state, look } = aThread(0.01)
  state.work = 0.02
  look(9)
  assert.equal(state.collected, 0)
  state.work = 0.01
  look(4)
  assert.equal(state.collected, 1)
})

test('it takes half a percent of the time at most: after 100 ms the next comes 20 s later', () => {
  const { state, look } = aQuietThread()
  Object.assign(state, { heap: 40 * MiB, took: 100 })
  look()
  assert.equal(state.collected, 2)
  state.heap = 40 * MiB
  look(19)
  assert.equal(state.collected, 2)
  look()
  assert.equal(state.collected, 3)
})

test('a heap that has hardly grown is left alone, however quiet it is', () => {
  const { state, look } = aQuietThread()
  state.heap += 7 * MiB
  look(10)
  assert.equal(state.collected, 1)
})

test('a large heap must have grown by a quarter of what was left', () => {
  const { state, look } = aQuietThread()
  Object.assign(state, { heap: 120 * MiB, kept: 100 * MiB })
  look(4)
  assert.equal(state.collected, 2)
  state.heap = 124 * MiB
  look(5)
  assert.equal(state.collected, 2)
  state.heap = 126 * MiB
  look()
  assert.equal(state.collected, 3)
})

test('a heap over 192 MiB is left to V8, because everybody would wait', () => {
  const { state, look } = aQuietThread()
  state.heap = 193 * MiB
  look(5)
  assert.equal(state.collected, 1)
})

test('a real thread gives back what it no longer needs', async () => {
  const worker = new Worker(new URL('./support/wasteful.ts', import.meta.url), { execArgv: [] })
  const [{ before, after }] = await once(worker, 'message')
  assert.ok(before - after > 30 * MiB, `${before} bytes of heap, and ${after} after a pause`)
})
