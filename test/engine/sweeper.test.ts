/** The sweeper: what was deleted leaves the files soon, also when the store could not do it at first. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineDefaults } from '../../src/engine/settings.ts'
import { parlour, settle } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

test('[R37] tidying that fails is tried again at the next round, and then not before it is needed', async (t) => {
  const store = await memoryStore(t)
  let asked = 0
  store.tidy = async () => {
    if (++asked <= 2) throw new Error('a reader is in the way')
  }
  const { clock, log } = await parlour(t, { store })
  const round = async () => {
    clock.advance(engineDefaults.sweepEvery)
    await settle(store)
  }
  await round()
  assert.equal(asked, 1)
  await round()
  assert.equal(asked, 2)
  assert.equal(log.of('a sweep failed').length, 2)
  for (let n = 0; n < 60; n++) await round()
  assert.equal(asked, 3)
})
