import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bucket } from '../../src/state/bucket.ts'
import { makeCode, readCode, showCode } from '../../src/state/code.ts'
import { makeName, numbered } from '../../src/state/names.ts'
import { bytesOf, excerpt, foldName, isStorable, lengthOf, tidyLine } from '../../src/state/text.ts'

test('lengths are counted in code points and bytes, not in UTF-16', () => {
  assert.deepEqual([lengthOf('👪é'), bytesOf('👪é')], [2, 6])
})

test('text with NUL or a lone surrogate cannot be stored', () => {
  assert.deepEqual([isStorable('hi 👪'), isStorable('a\0'), isStorable('\ud800')], [true, false, false])
})

test('a name is one line without invisible characters, but joined emoji stay', () => {
  assert.equal(tidyLine('  Ada \n\t Lovelace\u200b\u202e '), 'Ada Lovelace')
  assert.equal(tidyLine('👨‍👩‍👧 family'), '👨‍👩‍👧 family')
  assert.equal(tidyLine('a\u200db'), 'ab')
  assert.equal(tidyLine('\u3164\u200b'), '')
})

test('names that differ only in case, width or composition have one fold', () => {
  for (const name of ['ADA', 'ada', 'Ａｄａ', 'a\u200bda']) assert.equal(foldName(name), 'ada', name)
  assert.equal(foldName('Straße'), foldName('STRASSE'))
  assert.equal(foldName('José'), foldName('JOSE\u0301'))
  assert.notEqual(foldName('ada'), foldName('ado'))
})

test('an excerpt is one line of so many code points', () => {
  assert.equal(excerpt('one\n\ntwo', 20), 'one two')
  assert.equal(excerpt('👪'.repeat(30), 5), '👪👪👪👪…')
})

test('a code is read in any case, with spaces and dashes, and with letters that look like digits', () => {
  const code = makeCode(Uint8Array.from({ length: 10 }, (_, n) => n * 25))
  assert.match(code, /^[0-9A-HJKMNP-TV-Z]{10}$/)
  assert.equal(readCode(showCode(code).toLowerCase()), code)
  assert.equal(readCode(' o1l-iO 01234 '), '0111001234')
  for (const wrong of ['', 'ABC', 'ABCDEFGHJKM', 'UUUUUUUUUU', 'ÄÖÜÄÖÜÄÖÜÄ'])
    assert.equal(readCode(wrong), null)
})

test('a random name is two words, and a number fits behind any name', () => {
  assert.match(makeName(0.3, 0.999), /^[A-Z][a-z]+ [A-Z][a-z]+$/)
  assert.equal(numbered('x'.repeat(40), 12, 40), `${'x'.repeat(37)} 12`)
})

test('a bucket gives so many at once, then so many per second, and says how long to wait', () => {
  const bucket = new Bucket({ burst: 2, perSecond: 2 }, 0)
  assert.deepEqual([bucket.take(0), bucket.take(0), bucket.take(0)], [0, 0, 500])
  assert.equal(bucket.take(499), 1)
  assert.equal(bucket.take(500), 0)
  assert.equal(bucket.isFull(1_499), false)
  assert.equal(bucket.isFull(1_500), true)
  assert.equal(bucket.take(100), 0, 'a clock that goes back takes nothing away')
})
