/** The local bus keeps the contract of every bus, and delivers at once. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LocalBus } from '../../src/bus/local.ts'
import { busContract } from '../contract/bus.contract.ts'
import { quiet } from '../support/store.ts'

busContract('local bus', async (t, log) => {
  const bus = new LocalBus(log)
  t.after(() => bus.close())
  return bus
})

test('the local bus delivers before publish returns', () => {
  const bus = new LocalBus(quiet)
  let heard = 0
  bus.subscribe(() => heard++)
  bus.publish({ kind: 'erased', room: 'r' })
  assert.equal(heard, 1)
})
