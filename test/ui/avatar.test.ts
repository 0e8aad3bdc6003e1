import assert from 'node:assert/strict'
import { test } from 'node:test'
import { portraitOf, wears } from '../../client/ui/avatar.ts'
import { hueOf } from '../../client/ui/hash.ts'

const ids = Array.from({ length: 2_000 }, (_, index) => `guest-${index}`)

test('[I3] the same id has the same face everywhere, and the name has its colour', () => {
  assert.deepEqual(portraitOf('ada'), portraitOf('ada'))
  assert.equal(portraitOf('ada').hue, hueOf('ada'))
})

test('[I3] faces differ: among 2,000 guests hardly two are alike', () => {
  const faces = new Set(ids.map((id) => JSON.stringify(portraitOf(id))))
  assert.ok(faces.size > 1_990, `${faces.size} faces`)
})

test('everything there is to wear is worn by somebody, and no hue is everybody’s', () => {
  assert.equal(new Set(ids.map((id) => portraitOf(id).wears)).size, wears.length)
  const sixths = [0, 0, 0, 0, 0, 0]
  for (const id of ids) sixths[Math.floor(hueOf(id) / 60)]!++
  for (const count of sixths) assert.ok(count > 250 && count < 420, sixths.join())
})
