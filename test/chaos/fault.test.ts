/** The list of faults: what the parts of a long run found counts as if it had been one. */

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { Faults } from '../../scripts/chaos/fault.ts'

it('counts the faults of all parts, and keeps few examples', () => {
  const [whole, part] = [new Faults(), new Faults()]
  whole.add('lost', 'a message')
  for (let n = 0; n < 30; n += 1) part.add('lost', `message ${n}`)
  part.add('hole', 'a hole')
  whole.absorb(part)
  assert.equal(whole.summary, 'lost: 31, hole: 1')
  assert.equal(whole.examples.filter(({ kind }) => kind === 'lost').length, 20)
  assert.ok(whole.examples.some(({ what }) => what === 'a hole'))
})
