/** How long a client waits before it tries again. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Backoff } from '../../client/backoff.ts'

test('[T6] each failure doubles the spread of the wait, from half a second up to 20 s', () => {
  const backoff = new Backoff(() => 1)
  const waits = Array.from({ length: 8 }, () => backoff.next())
  assert.deepEqual(waits, [1_000, 1_500, 2_500, 4_500, 8_500, 16_500, 20_000, 20_000])
  const lucky = new Backoff(() => 0)
  assert.deepEqual([lucky.next(), lucky.next(), lucky.next()], [500, 500, 500])
})

test('[T6] a connection that lasted 30 s makes up for earlier failures, a shorter one does not', () => {
  const backoff = new Backoff(() => 1)
  for (let i = 0; i < 5; i++) backoff.next()
  backoff.lasted(29_999)
  assert.equal(backoff.next(), 16_500)
  backoff.lasted(30_000)
  assert.equal(backoff.next(), 1_000)
})
