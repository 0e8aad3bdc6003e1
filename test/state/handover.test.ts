import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Handover } from '../../src/state/handover.ts'

test('what was left is taken once', () => {
  const handover = new Handover<number>()
  handover.leave('a', 1)
  handover.leave('b', 2)
  handover.leave('a', 3)
  assert.equal(handover.take('a'), 3)
  assert.equal(handover.take('a'), undefined)
  assert.equal(handover.take('b'), 2)
  assert.equal(handover.take('c'), undefined)
})

test('of more than ten thousand pieces the oldest goes', () => {
  const handover = new Handover<number>()
  for (let n = 0; n < 10_001; n++) handover.leave(String(n), n)
  assert.equal(handover.take('0'), undefined)
  assert.equal(handover.take('1'), 1)
  assert.equal(handover.take('10000'), 10_000)
})
