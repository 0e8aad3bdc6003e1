import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Bucket } from '../../src/state/bucket.ts'
import { makeCode, readCode, showCode } from '../../src/state/code.ts'
import { foldName } from '../../src/state/fold.ts'
import { makeName, numbered } from '../../src/state/names.ts'
import {
  bytesOf,
  excerpt,
  isShort,
  isSmall,
  isStorable,
  isVisible,
  lengthOf,
  tidyLine,
} from '../../src/state/text.ts'

test('lengths are counted in code points and bytes, not in UTF-16', () => {
  assert.deepEqual([lengthOf('👪é'), bytesOf('👪é')], [2, 6])
})

test('bounds hold for code points and bytes, whatever the text is made of', () => {
  assert.deepEqual(
    [isShort('👪'.repeat(5), 5), isShort('👪'.repeat(6), 5), isShort('abcdef', 5)],
    [true, false, false],
  )
  assert.deepEqual(
    [isSmall('€€', 6), isSmall('€€', 5), isSmall('aaaaa', 5), isSmall('é', 1)],
    [true, false, true, false],
  )
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

test('[S18] what shows nothing is in no name, whatever Unicode calls it', () => {
  const nothing = [
    ...'\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b\u180e\u180f\u200b\u200d\u2065\u2060\u2800\u3164',
    ...'\ufe00\ufe0f\ufeff\uffa0\ufff0\u{1bca0}\u{1d159}\u{1d173}\u{e0000}\u{e0061}\u{e0100}\u{e0fff}',
  ]
  for (const sign of nothing) {
    const code = `U+${sign.codePointAt(0)?.toString(16)}`
    assert.equal(tidyLine(`ada${sign}`), 'ada', code)
    assert.equal(foldName(`a${sign}da`), 'ada', code)
    assert.equal(tidyLine(sign), '', code)
    assert.equal(isVisible(sign), false, code)
  }
  assert.equal(tidyLine('e\u034f\u0301'), 'é')
  assert.equal(tidyLine('Ann \u200b Lee'), 'Ann Lee')
})

test('an emoji keeps what joins it, wherever it stands, and keeps no more', () => {
  for (const emoji of ['👩‍💻', '👩🏽‍💻', '🏳️‍🌈', '❤️', '❤️‍🔥', '1️⃣', '🧔🏻‍♂️', '🇮🇹'])
    assert.equal(tidyLine(`Ann \u200b     Lee ${emoji}`), `Ann Lee ${emoji}`)
  assert.equal(tidyLine('❤\ufe0f\ufe0f\u200d'), '❤\ufe0f')
  assert.equal(foldName('ada ❤\ufe0f'), foldName('ada ❤'))
})

test('[S18] names that look alike have one fold, and a fold is its own', () => {
  const alike: [one: string, other: string][] = [
    ['ada', 'аda'],
    ['ada', 'аԁа'],
    ['Peter', 'Реtеr'],
    ['bob', 'b\u043eb'],
    ['bob', 'b0b'],
    ['carl', 'car1'],
    ['Nick', 'Νick'],
    ['eve', 'eνe'],
    ['Helen', 'Ηelen'],
    ['Τom', 'Tom'],
    ['zoë', 'zoё'],
    ["O'Brien", 'O’Brien'],
    ['Anna-Lee', 'Anna‑Lee'],
    ['Ian', 'ıan'],
    ['İrem', 'irem'],
    ['ΝΙΚΟΣ', 'νικος'],
    ['МОСКВА', 'москва'],
  ]
  for (const [one, other] of alike) assert.equal(foldName(one), foldName(other), `${one} ${other}`)
  for (const name of [...alike.flat(), 'Straße', 'ﬁn', '①', 'Quiet Heron 12', '李小龙', '👩‍💻 x', 'ΰ', 'Ⅷ'])
    assert.equal(foldName(foldName(name)), foldName(name), name)
  for (const [one, other] of [
    ['Lan', 'Ian'],
    ['Hana', 'Nana'],
    ['Вера', 'Лера'],
    ['Мила', 'Нила'],
    ['Quiet Heron 2', 'Quiet Heron 3'],
    ['José', 'Jose'],
  ] as const)
    assert.notEqual(foldName(one), foldName(other), `${one} ${other}`)
})

test('names that differ only in case, width or composition have one fold', () => {
  for (const name of ['ADA', 'ada', 'Ａｄａ', 'a\u200bda']) assert.equal(foldName(name), 'ada', name)
  assert.equal(foldName('Straße'), foldName('STRASSE'))
  assert.equal(foldName('José'), foldName('JOSE\u0301'))
  assert.notEqual(foldName('ada'), foldName('ado'))
})

test('the short way to fold a plain name comes to the same as the long one', () => {
  for (let code = 0x20; code < 0x7f; code++) {
    const name = ` A${String.fromCharCode(code)}  ${String.fromCharCode(code)} z `
    // What nobody sees takes the long way.
    assert.equal(foldName(name), foldName(`${name}\u200b`), name)
  }
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
