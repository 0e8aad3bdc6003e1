/** Reads of one turn travel together, and yet each has its own answer. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Questions } from '../../src/store/questions.ts'
import { Thread } from '../../src/store/thread.ts'
import { batch, commit, fileStore, message } from '../support/store.ts'

test('what is asked in one turn goes in as few messages as it can, and each gets its own answer', async (t) => {
  const duty = { file: null, role: 'both', synchronous: 'FULL' } as const
  const thread = new Thread(duty, () => undefined)
  t.after(() => thread.close())
  await thread.ask('open')
  const counted = t.mock.method(thread, 'call')
  const questions = new Questions(thread)
  const good = Array.from({ length: 63 }, () => questions.ask(['roomsOf', 'ada']))
  const bad = questions.ask(['nonsense'])
  await assert.rejects(bad, /no nonsense/)
  assert.deepEqual(await Promise.all(good), Array(63).fill([]))
  assert.equal(counted.mock.callCount(), 2)
})

test('a read sees what was reported done in the same turn before it', async (t) => {
  const { store } = await fileStore(t)
  let seen: Promise<{ rev: number } | null> | null = null
  const done = new Promise<void>((resolve) => {
    store.commit(batch('r', 0, { rows: [message('m', 1)] }), () => {
      seen = store.summary('r', 0)
      resolve()
    })
  })
  await done
  assert.equal((await seen!)?.rev, 1)
  assert.equal((await commit(store, batch('r', 1))).kind, 'done')
})

test('what was asked before the store closes is answered', async (t) => {
  const { store } = await fileStore(t)
  const asked = store.roomsOf('ada')
  await store.close()
  assert.deepEqual(await asked, [])
  await assert.rejects(store.roomsOf('ada'), /closed/)
})

test('who asks a thread that has died is told', async () => {
  const duty = { file: null, role: 'both', synchronous: 'FULL' } as const
  const thread = new Thread(duty, () => undefined)
  const questions = new Questions(thread)
  thread.kill()
  await assert.rejects(questions.ask(['roomsOf', 'ada']), /thread ended/)
  await thread.close()
})

test('the thread that reads comes with the first person, and what they ask waits for it', async (t) => {
  const asked = t.mock.method(Thread.prototype, 'ask')
  const opened = () => asked.mock.calls.filter((call) => call.arguments[0] === 'open').length
  const { store } = await fileStore(t)
  await Promise.all([store.vanishing(), store.jobs(1), store.expired(0, 1), store.load('r', [])])
  assert.equal(opened(), 1)
  assert.deepEqual(await Promise.all([store.roomsOf('ada'), store.session('none')]), [[], null])
  assert.deepEqual(await store.vanishing(), [])
  assert.equal(opened(), 2)
})
