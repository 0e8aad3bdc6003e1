import assert from 'node:assert/strict'
import { test } from 'node:test'
import { People } from '../../src/engine/people.ts'
import type { Commit } from '../../src/engine/ports.ts'
import { Unread } from '../../src/engine/unread.ts'
import { fakeClock } from '../support/clock.ts'
import { memoryStore } from '../support/store.ts'

test('[M20] what somebody was told holds until something is said, or read', async (t) => {
  const clock = fakeClock()
  const unread = new Unread(await memoryStore(t), clock, async () => null)
  const eve = new People(clock).enter('eve', 'Eve')
  const commit: Commit = {
    room: 'r',
    from: 5,
    rev: 6,
    put: [{ type: 'message', id: 'm', by: 'ada', at: 0, body: 'hi', edited: null, expires: null, born: 6 }],
    del: [],
  }
  assert.equal(unread.isAsTold(eve, 'r', 0), false, 'nobody knows yet')
  unread.entered(eve, 'r', 5)
  assert.equal(unread.isAsTold(eve, 'r', 0), true)
  unread.heard(commit, new Map([['eve', eve]]))
  assert.equal(unread.isAsTold(eve, 'r', 0), false)
  assert.equal(unread.isAsTold(eve, 'r', 1), true)
  unread.moved(eve, 'r')
  assert.equal(unread.isAsTold(eve, 'r', 1), false)
})
