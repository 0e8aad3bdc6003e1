import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pathOf } from '../../client/ui/qr.ts'

test('dark modules in a row are one rectangle', () => {
  assert.equal(
    pathOf([
      [true, true, false],
      [false, false, false],
      [true, false, true],
    ]),
    'M0 0h2v1h-2zM0 2h1v1h-1zM2 2h1v1h-1z',
  )
})
