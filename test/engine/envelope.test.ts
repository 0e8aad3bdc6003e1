import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readEnvelope } from '../../src/engine/envelope.ts'

test('[P1] a frame has a name and may have a number', () => {
  assert.deepEqual(readEnvelope({ t: 'beat' }), { name: 'beat', ref: null, why: null })
  assert.deepEqual(readEnvelope({ t: 'beat', ref: 0, more: 1 }), { name: 'beat', ref: 0, why: null })
})

test('[T2] what is wrong with an envelope is named, and its number kept if it can be made out', () => {
  for (const [frame, ref, why] of [
    [undefined, null, 'The frame: an object wanted'],
    [null, null, 'The frame: an object wanted'],
    ['beat', null, 'The frame: an object wanted'],
    [[], null, 't: missing'],
    [{ ref: 4 }, 4, 't: missing'],
    [{ t: 5, ref: 4 }, 4, 't: text wanted'],
    [{ t: 'x'.repeat(65), ref: 4 }, 4, 't: a shorter name wanted'],
    [{ t: 'beat', ref: '4' }, null, 'ref: a number wanted'],
    [{ t: 'beat', ref: null }, null, 'ref: a number wanted'],
    [{ t: 'beat', ref: 1.5 }, null, 'ref: a whole number wanted'],
    [{ t: 'beat', ref: -1 }, null, 'ref: at least 0 wanted'],
    [{ t: 'beat', ref: 2 ** 53 }, null, 'ref: a smaller number wanted'],
  ] as const) {
    const { ref: found, why: said } = readEnvelope(frame)
    assert.deepEqual([found, said], [ref, why], JSON.stringify(frame))
  }
})
