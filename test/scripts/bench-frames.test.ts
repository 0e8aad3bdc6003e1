/** The generator's WebSocket by hand, against `ws` and against every way of cutting the stream apart. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { WebSocketServer } from 'ws'
import type { Walk } from '../../scripts/bench/frames.ts'
import { encodeFrame, encodeText, FrameWalker, PEEK, PING, TEXT } from '../../scripts/bench/frames.ts'
import { Peer } from '../../scripts/bench/peer.ts'
import { kindAt, numberAt } from '../../scripts/bench/scan.ts'

/** A frame as servers send it. */
function unmasked(payload: Buffer, opcode = TEXT): Buffer {
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload])
  if (length <= 0xffff)
    return Buffer.concat([Buffer.from([0x80 | opcode, 126, length >> 8, length & 255]), payload])
  const header = Buffer.alloc(10)
  header[0] = 0x80 | opcode
  header[1] = 127
  header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

interface Seen {
  opcode: number
  length: number
  peek: string
}

function walker(isWanted: boolean): { walker: FrameWalker; seen: Seen[]; whole: string[] } {
  const seen: Seen[] = []
  const whole: string[] = []
  const walk: Walk = {
    frame(opcode, length, bytes, from, to) {
      seen.push({ opcode, length, peek: bytes.toString('latin1', from, to) })
      return isWanted
    },
    whole: (_opcode, payload) => whole.push(payload.toString('latin1')),
  }
  return { walker: new FrameWalker(walk), seen, whole }
}

const texts = [
  '',
  'a',
  'b'.repeat(125),
  'c'.repeat(126),
  'd'.repeat(PEEK),
  'e'.repeat(PEEK + 1),
  'f'.repeat(70_000),
  'end',
]
const stream = Buffer.concat(texts.map((text) => unmasked(Buffer.from(text))))

describe('the walker over frames', () => {
  for (const size of [1, 2, 3, 7, 64, 129, 4096, stream.length]) {
    it(`sees every frame when the stream comes ${size} bytes at a time`, () => {
      const { walker: under, seen, whole } = walker(true)
      for (let at = 0; at < stream.length; at += size) {
        const piece = Buffer.from(stream.subarray(at, at + size))
        under.read(piece, piece.length)
      }
      assert.deepEqual(whole, texts)
      assert.deepEqual(
        seen.map((one) => one.peek),
        texts.map((text) => text.slice(0, PEEK)),
      )
      assert.equal(under.pending, 0)
    })
  }

  it('reads no further than it is told, as the buffer is shared', () => {
    const { walker: under, seen } = walker(false)
    const buffer = Buffer.concat([unmasked(Buffer.from('mine')), unmasked(Buffer.from('left over'))])
    under.read(buffer, 6)
    assert.deepEqual(
      seen.map((one) => one.peek),
      ['mine'],
    )
  })

  it('tells control frames from text', () => {
    const { walker: under, seen } = walker(false)
    const bytes = unmasked(Buffer.from('beat'), PING)
    under.read(bytes, bytes.length)
    assert.deepEqual(seen, [{ opcode: PING, length: 4, peek: 'beat' }])
  })
})

describe('what the generator sends', () => {
  it('is read by ws as it was meant, whatever its length', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const heard: string[] = []
    const connected = once(server, 'connection')
    const peer = new Peer(7, { port: address.port, path: '/', token: null, from: '127.0.0.1' })
    const [client] = await connected
    await peer.opened
    const sent = ['x', 'ü'.repeat(62), 'y'.repeat(126), 'z'.repeat(65_535)]
    const all = new Promise<void>((resolve) => {
      client.on('message', (data: Buffer) => {
        if (heard.push(data.toString()) === sent.length) resolve()
      })
    })
    for (const text of sent) peer.write(encodeText(text))
    await all
    assert.deepEqual(heard, sent)
    peer.close()
    server.close()
  })

  it('has a ping answered with its own payload', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const address = server.address()
    assert.ok(typeof address === 'object' && address !== null)
    const connected = once(server, 'connection')
    const peer = new Peer(7, { port: address.port, path: '/', token: null, from: '127.0.0.1' })
    const [client] = await connected
    const pong = once(client, 'pong')
    client.ping('are you there')
    const [payload] = await pong
    assert.equal(payload.toString(), 'are you there')
    peer.close()
    server.close()
  })

  it('refuses a payload that it has no header for', () => {
    assert.throws(() => encodeFrame(TEXT, Buffer.alloc(70_000)), RangeError)
  })
})

describe('what the generator reads without parsing', () => {
  const bytes = Buffer.from('{"t":"sync","room":"V1StGXR8_Z5jdHi6B-myT","from":41,"rev":1042,"put":[')

  it('is the kind of each frame', () => {
    const kind = (text: string): string => kindAt(Buffer.from(text), 0, text.length)
    assert.equal(kind('{"t":"sync","room"'), 'sync')
    assert.equal(kind('{"t":"signal","room"'), 'other')
    assert.equal(kind('{"t":"ok","ref":1}'), 'ok')
    assert.equal(kind('{"t":"no","ref":1}'), 'no')
    assert.equal(kind('{"t":"message.send"'), 'echo')
    assert.equal(kind('{}'), 'other')
  })

  it('is where a sync begins and ends', () => {
    assert.equal(numberAt(bytes, 0, bytes.length, 3), 41)
    assert.equal(numberAt(bytes, 0, bytes.length, 4), 1042)
  })

  it('is nothing where a number is cut off or missing', () => {
    assert.equal(numberAt(bytes, 0, bytes.indexOf('2,"put"'), 4), -1)
    assert.equal(numberAt(bytes, 0, bytes.length, 2), -1)
    assert.equal(numberAt(bytes, 0, bytes.length, 9), -1)
  })
})
