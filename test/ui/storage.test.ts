import assert from 'node:assert/strict'
import { test } from 'node:test'
import { recall, remember, remembered } from '../../client/ui/storage.ts'
import { SmallStorage } from './small-storage.ts'

test('what the browser has no room for is remembered as long as the page, in the place of what was before', () => {
  SmallStorage.install(50)
  remember('draft.a', 'short')
  const long = 'long '.repeat(20)
  remember('draft.a', long)
  remember('draft.b', long)
  assert.equal(recall('draft.a'), long)
  assert.equal(recall('draft.b'), long)
  assert.deepEqual(remembered('draft.').sort(), ['draft.a', 'draft.b'])
})

test('what fits again is remembered by the browser, and what is forgotten is nowhere any more', () => {
  SmallStorage.install(50)
  remember('draft.a', 'long '.repeat(20))
  remember('draft.a', 'short')
  assert.equal(recall('draft.a'), 'short')
  assert.equal(localStorage.getItem('parlour.draft.a'), 'short')
  remember('draft.a', 'long '.repeat(20))
  remember('draft.a', null)
  assert.equal(recall('draft.a'), null)
  assert.deepEqual(remembered('draft.a'), [])
})

test('a browser that forbids it all remembers as long as the page', () => {
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new DOMException('Access is denied.', 'SecurityError')
    },
  })
  remember('theme', 'dark')
  assert.equal(recall('theme'), 'dark')
  assert.deepEqual(remembered('the'), ['theme'])
  remember('theme', null)
  assert.equal(recall('theme'), null)
})
