import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Limit } from '../../src/state/limit.ts'
import { fakeClock } from '../support/clock.ts'

test('[X4] an address may do so much at once, then so much per second', () => {
  const clock = fakeClock()
  const limit = new Limit(clock.elapsed, { burst: 3, perSecond: 0.5 })
  assert.deepEqual(
    [1, 2, 3].map(() => limit.take('ada')),
    [0, 0, 0],
  )
  assert.equal(limit.take('ada'), 2000)
  assert.equal(limit.take('bob'), 0)
  clock.advance(1999)
  assert.equal(limit.take('ada'), 1)
  clock.advance(1)
  assert.equal(limit.take('ada'), 0)
  limit.giveBack('ada')
  assert.equal(limit.take('ada'), 0)
})

test('a great many addresses do not fill the memory, and those in use are not forgotten', () => {
  const limit = new Limit(() => 0, { burst: 1, perSecond: 0.001 }, 2000)
  limit.take('eve')
  for (let n = 0; n < 6000; n += 1) {
    limit.take(`address ${n}`)
    if (n % 100 === 0) assert.ok(limit.take('eve') > 0)
  }
  assert.ok(limit.take('address 5999') > 0)
  assert.equal(limit.take('address 0'), 0)
})

test('without a rate there is no limit, and nobody is remembered', () => {
  const limit = new Limit(() => 0, null, 1)
  for (let n = 0; n < 1000; n += 1) assert.equal(limit.take('ada'), 0)
})
