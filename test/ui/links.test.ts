import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { piecesOf } from '../../client/ui/links.ts'

const linksIn = (text: string) => piecesOf(text).flatMap(({ text, href }) => (href === null ? [] : [text]))

test('an address within a sentence becomes a link, without the sentence’s own marks', () => {
  assert.deepEqual(piecesOf('see https://example.org/a?b=c#d, or not'), [
    { text: 'see ', href: null },
    { text: 'https://example.org/a?b=c#d', href: 'https://example.org/a?b=c#d' },
    { text: ', or not', href: null },
  ])
  for (const mark of ['.', ',', '!', '?', ';', ':', '"', "'", '…', '?!', ').'])
    assert.deepEqual(linksIn(`(https://example.org/a${mark}`), ['https://example.org/a'], mark)
})

test('brackets that belong to the address stay', () => {
  assert.deepEqual(linksIn('https://example.org/wiki/Parlour_(room)'), [
    'https://example.org/wiki/Parlour_(room)',
  ])
  assert.deepEqual(linksIn('(https://example.org/Parlour_(room))'), ['https://example.org/Parlour_(room)'])
  assert.deepEqual(linksIn('<https://example.org/>'), ['https://example.org/'])
})

test('only http and https with a host are links', () => {
  for (const text of [
    'javascript:alert(1)',
    'data:text/html,hi',
    'ftp://example.org',
    'https://',
    'http://?',
    'xhttp:/example.org',
    'vbscript:x',
    'https://bank.example@evil.example/',
    'https://user:secret@example.org/',
  ])
    assert.deepEqual(linksIn(text), [], text)
})

test('several addresses in a row are each a link', () => {
  assert.deepEqual(linksIn('http://a.example\nHTTPS://b.example http://[::1]:8080/'), [
    'http://a.example',
    'HTTPS://b.example',
    'http://[::1]:8080/',
  ])
})

test('the pieces together are the text, whatever it is', () => {
  const part = fc.oneof(
    fc.string(),
    fc.constantFrom('https://', 'http://a.b/', '(', ')', '.', ' ', '\n', 'https://a.b/(c)', ']'),
  )
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const text = parts.join('')
      assert.equal(
        piecesOf(text).reduce((sum, piece) => sum + piece.text, ''),
        text,
      )
    }),
  )
})

test('[R35] 16 KiB made to be slow are read in 20 ms', () => {
  for (const unit of [
    'https://',
    'http://a.b/(',
    'https://a.b/))))',
    'http://a....',
    '((((http://a',
    'https://a@',
  ]) {
    const text = unit.repeat(Math.ceil(16_384 / unit.length))
    piecesOf(text)
    const start = performance.now()
    piecesOf(text)
    assert.ok(performance.now() - start < 200, `${unit}: ${performance.now() - start} ms`)
  }
})
