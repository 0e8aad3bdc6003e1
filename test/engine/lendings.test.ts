import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lendings } from '../../src/engine/lendings.ts'

/** A short page, as it comes back from a thread: another view of the same memory. */
function lendShort(lendings: Lendings, readers: number) {
  const space = lendings.space()
  const page = lendings.lend(structuredClone(space ?? null), space, readers)
  assert.ok(space && page)
  return { memory: space.buffer, taken: page.taken }
}

test('[R22] space is used again when the last reader is done with it, not before', () => {
  const lendings = new Lendings()
  const first = lendShort(lendings, 2)
  first.taken()
  assert.notEqual(lendShort(lendings, 1).memory, first.memory)
  first.taken()
  assert.equal(lendShort(lendings, 1).memory, first.memory)
  assert.notEqual(lendShort(lendings, 1).memory, first.memory)
  assert.throws(first.taken, /more often/)
})

test('a page that is too long has memory of its own, and its space is free at once', () => {
  const lendings = new Lendings()
  const space = lendings.space()
  const page = lendings.lend(new Uint8Array(100_000), space, 1)
  assert.equal(page?.bytes.length, 100_000)
  assert.equal(lendings.space(), space)
  page?.taken()
  assert.notEqual(lendings.space(), space)
})

test('space in which no page was made is free again', () => {
  const lendings = new Lendings()
  const space = lendings.space()
  assert.equal(lendings.lend(null, space, 1), null)
  assert.equal(lendings.space(), space)
})

test('[R22] space is made for 512 pages, and used again for ever', () => {
  const lendings = new Lendings()
  const pages = Array.from({ length: 512 }, () => lendShort(lendings, 1))
  assert.equal(lendings.space(), undefined)
  assert.equal(lendings.lend(new Uint8Array(9), undefined, 1)?.bytes.length, 9)
  for (const page of pages) page.taken()
  const known = new Set(pages.map(({ memory }) => memory))
  assert.equal(known.size, 512)
  for (let n = 0; n < 512; n++) assert.ok(known.has(lendShort(lendings, 1).memory))
  assert.equal(lendings.space(), undefined)
})
