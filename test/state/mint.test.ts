import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as v from 'valibot'
import { id } from '../../src/fields.ts'
import { CHANCE, mintId } from '../../src/state/mint.ts'

const chance = 'V1StGXR8_Z5jdHi'

test('ids made later sort after those made before, as stores compare them', () => {
  const times = [0, 4096, 64 * 4096, 1_764_000_000_000, 1_764_000_004_096, 4_000_000_000_000]
  const ids = times.map((at) => mintId(at, chance))
  assert.deepEqual([...ids].sort(), ids)
  assert.equal(new Set(ids).size, ids.length)
})

test('ids of the same few seconds differ by chance alone', () => {
  assert.equal(mintId(4096 * 9, chance), mintId(4096 * 10 - 1, chance))
  assert.equal(mintId(4096 * 9, chance).slice(-CHANCE), chance)
})

test('whatever the clock says, an id is one that frames take', () => {
  for (const at of [-1, 0, 1.5, Date.now(), Number.MAX_SAFE_INTEGER])
    assert.ok(v.is(id, mintId(at, chance)) && mintId(at, chance).length === 21, String(at))
})
