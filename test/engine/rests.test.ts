import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rests } from '../../src/engine/rests.ts'

test('a room with a crowd rests while it is told, and then as long as that costs', () => {
  const rests = new Rests()
  rests.begin('crowd', 1000, 64)
  assert.equal(rests.of('crowd', 0), Number.POSITIVE_INFINITY)
  assert.equal(rests.told(1000, 0, 5), true)
  assert.equal(rests.of('crowd', 5), 5)
  assert.equal(rests.of('crowd', 8), 2)
  assert.equal(rests.of('crowd', 10), 0)
})

test('a small room does not rest, however large the one beside it', () => {
  const rests = new Rests()
  rests.begin('crowd', 1000, 64)
  rests.begin('few', 5, 64)
  assert.equal(rests.of('few', 0), 0)
  rests.told(1005, 0, 5)
  assert.equal(rests.of('few', 5), 0)
})

test('what a write costs is learnt, and no rest is longer than ten milliseconds', () => {
  const rests = new Rests()
  for (let n = 0; n < 100; n++) rests.told(100, 0, 100)
  rests.begin('crowd', 1000, 64)
  rests.told(1000, 0, 1000)
  assert.equal(rests.of('crowd', 1000), 10)
})

test('a crowd that reads too slowly to be told anything does not keep its room waiting', () => {
  const rests = new Rests()
  rests.begin('crowd', 1000, 64)
  assert.equal(rests.told(0, 3, 3), true)
  assert.ok(rests.of('crowd', 3) <= 10)
  assert.equal(rests.told(0, 4, 4), false)
})

test('the more spoke at once, the longer the rest; after a single message there is next to none', () => {
  const rests = new Rests()
  const restAfter = (commands: number) => {
    rests.begin('crowd', 1000, commands)
    rests.told(1000, 0, 5)
    return rests.of('crowd', 5)
  }
  assert.equal(restAfter(64), 5)
  assert.equal(restAfter(16), 2.5)
  assert.ok(restAfter(1) < 0.2)
})

test('one slow write says little of what a thousand cost', () => {
  const rests = new Rests()
  rests.told(1, 0, 30)
  rests.begin('few', 5, 64)
  assert.equal(rests.of('few', 30), 0)
})
