import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lendings } from '../../src/engine/lendings.ts'

const short = (room: Uint8Array) => room.subarray(0, 10)
const long = () => new Uint8Array(100_000)

test('[R22] room is used again when the last reader is done with it, not before', () => {
  const lendings = new Lendings()
  const first = lendings.lend(short, 2)
  first.taken()
  const second = lendings.lend(short, 1)
  assert.notEqual(second.bytes.buffer, first.bytes.buffer)
  first.taken()
  assert.equal(lendings.lend(short, 1).bytes.buffer, first.bytes.buffer)
  assert.notEqual(lendings.lend(short, 1).bytes.buffer, first.bytes.buffer)
})

test('a page that is too long has room of its own, which is nobody’s afterwards', () => {
  const lendings = new Lendings()
  const page = lendings.lend(long, 1)
  assert.equal(page.bytes.length, 100_000)
  page.taken()
  const [a, b] = [lendings.lend(short, 1), lendings.lend(short, 1)]
  assert.notEqual(a.bytes.buffer, page.bytes.buffer)
  assert.notEqual(a.bytes.buffer, b.bytes.buffer)
})

test('of room that nobody needs, 4 MiB are kept', () => {
  const lendings = new Lendings()
  const pages = Array.from({ length: 100 }, () => lendings.lend(short, 1))
  for (const page of pages) page.taken()
  const known = new Set(pages.map(({ bytes }) => bytes.buffer))
  const again = Array.from({ length: 100 }, () => lendings.lend(short, 1))
  assert.equal(again.filter(({ bytes }) => known.has(bytes.buffer)).length, 64)
})
