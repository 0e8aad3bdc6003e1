import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Inbound } from '../../src/net/inbound.ts'
import { clientFrame } from '../support/raw.ts'

const ping = clientFrame('', { opcode: 9 })

test('whole messages are counted, however the bytes are cut', () => {
  const bytes = Buffer.concat([
    clientFrame('hello'),
    clientFrame('x'.repeat(200)),
    clientFrame('x'.repeat(70_000)),
    clientFrame('end'),
  ])
  for (const size of [1, 2, 3, 7, 100, 65_536, bytes.length]) {
    const inbound = new Inbound()
    for (let at = 0; at < bytes.length; at += size) inbound.read(bytes.subarray(at, at + size))
    assert.deepEqual([inbound.messages, inbound.idle, inbound.isUnfinished], [4, 0, false], `cut by ${size}`)
  }
})

test('pings, fragments and empty messages say nothing', () => {
  const inbound = new Inbound()
  inbound.read(ping)
  inbound.read(clientFrame('', { opcode: 10 }))
  inbound.read(clientFrame(''))
  assert.deepEqual([inbound.idle, inbound.messages], [3, 1])
  inbound.read(clientFrame('a', { fin: false }))
  inbound.read(clientFrame('b', { fin: false, opcode: 0 }))
  inbound.read(clientFrame('c', { opcode: 0 }))
  assert.deepEqual([inbound.idle, inbound.messages], [5, 2])
})

test('a message is unfinished within a header, within a payload and between fragments', () => {
  const inbound = new Inbound()
  const frame = clientFrame('hello')
  inbound.read(frame.subarray(0, 1))
  assert.equal(inbound.isUnfinished, true)
  inbound.read(frame.subarray(1, 8))
  assert.equal(inbound.isUnfinished, true)
  inbound.read(frame.subarray(8))
  assert.equal(inbound.isUnfinished, false)
  inbound.read(clientFrame('a', { fin: false }))
  inbound.read(ping)
  assert.equal(inbound.isUnfinished, true)
  inbound.read(clientFrame('b', { opcode: 0 }))
  assert.equal(inbound.isUnfinished, false)
})
