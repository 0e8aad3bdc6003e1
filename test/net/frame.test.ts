import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { test } from 'node:test'
import { encode } from '../../src/net/frame.ts'

// `ws` gives it, but its types do not know.
const { Receiver } = createRequire(import.meta.url)('ws')

/** What a client of `ws` reads from the bytes. */
function read(bytes: Uint8Array): string[] {
  const texts: string[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer) => texts.push(data.toString()))
  receiver.write(bytes)
  return texts
}

test('a frame of any length is read as the text it was made from', () => {
  for (const length of [0, 1, 125, 126, 127, 65_535, 65_536, 200_000]) {
    const text = 'x'.repeat(length)
    assert.deepEqual(read(encode(text)), [text], `${length} bytes`)
  }
})

test('the length in the header counts bytes, not characters', () => {
  const text = 'ä€😀'.repeat(40)
  const frame = encode(text)
  assert.equal(frame.length, 4 + Buffer.byteLength(text))
  assert.deepEqual(read(frame), [text])
})

test('the header is as short as it can be, and never masked', () => {
  assert.deepEqual([...encode('x'.repeat(125)).subarray(0, 2)], [0x81, 125])
  assert.deepEqual([...encode('x'.repeat(126)).subarray(0, 4)], [0x81, 126, 0, 126])
  assert.deepEqual([...encode('x'.repeat(65_536)).subarray(0, 10)], [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0])
})

test('frames written one after the other are read one after the other', () => {
  assert.deepEqual(read(Buffer.concat([encode('one'), encode(''), encode('two')])), ['one', '', 'two'])
})

test('several frames are made in one piece, bytes among them as they are', () => {
  const shared = encode('shared €')
  assert.deepEqual(read(encode([shared, 'one', encode('two'), 'ä'.repeat(100)])), [
    'shared €',
    'one',
    'two',
    'ä'.repeat(100),
  ])
})

test('a frame around bytes is made where these lie, if there is room on both sides', () => {
  for (const length of [0, 50, 200, 70_000]) {
    const memory = new SharedArrayBuffer(length + 100)
    const bytes = new Uint8Array(memory, 50, length).fill(120)
    const frame = encode({ before: '{"ä":"', bytes, after: '"}' })
    assert.equal(frame.buffer, memory)
    assert.deepEqual(read(frame), [`{"ä":"${'x'.repeat(length)}"}`], `${length} bytes`)
  }
})

test('a frame around bytes that have too little room is made elsewhere', () => {
  const fitting = { before: '[', after: ']' }
  for (const [start, { before, after }] of [
    [3, fitting],
    [2, fitting],
    [3, { before: '[', after: ' ]' }],
    [0, { before: '', after: '' }],
  ] as const) {
    const bytes = new Uint8Array(new ArrayBuffer(start + 4 + 1), start, 4).fill(120)
    const frame = encode({ before, bytes, after })
    assert.equal(frame.buffer === bytes.buffer, start === 3 && after === ']')
    assert.deepEqual(read(frame), [`${before}xxxx${after}`])
  }
})
