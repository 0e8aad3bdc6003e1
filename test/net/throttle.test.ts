import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Throttle } from '../../src/net/throttle.ts'

test('[X4] an address may do so much at once, then so much per second', () => {
  const throttle = new Throttle({ burst: 3, perSecond: 0.5 })
  assert.deepEqual(
    [1, 2, 3].map(() => throttle.take('ada', 0)),
    [0, 0, 0],
  )
  assert.equal(throttle.take('ada', 0), 2000)
  assert.equal(throttle.take('bob', 0), 0)
  assert.equal(throttle.take('ada', 1999), 1)
  assert.equal(throttle.take('ada', 2000), 0)
})

test('a great many addresses do not fill the memory, and those in use are not forgotten', () => {
  const throttle = new Throttle({ burst: 1, perSecond: 0.001 })
  throttle.take('eve', 0)
  for (let n = 0; n < 60_000; n += 1) {
    throttle.take(`address ${n}`, 0)
    if (n % 1000 === 0) assert.ok(throttle.take('eve', 0) > 0)
  }
  assert.ok(throttle.take('address 59999', 0) > 0)
  assert.equal(throttle.take('address 0', 0), 0)
})
