/** Questions and answers over a connection that may go away. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Lost, Refused } from '../../client/errors.ts'
import { readFrame } from '../../client/frame.ts'
import { greeted, hello, peer, settle } from './peer.ts'

test('[P1] an answer goes to the question with its ref, in whatever order they come', async () => {
  const { chat, socket } = await greeted()
  const first = chat.ask('room.join', { code: 'AAAAAAAAAA' })
  const second = chat.ask('room.join', { code: 'BBBBBBBBBB' })
  const [a, b] = [socket.take('room.join'), socket.take('room.join')]
  socket.say({ t: 'ok', ref: b.ref, data: { rev: 2, room: 'b' } })
  socket.say({ t: 'ok', ref: a.ref, data: { rev: 1, room: 'a' } })
  socket.say({ t: 'ok', ref: a.ref, data: { rev: 1, room: 'again' } })
  socket.say({ t: 'no', ref: null, code: 'bad_frame', why: 'Not JSON.', retry: null })
  assert.deepEqual(await Promise.all([first, second]), [
    { rev: 1, room: 'a' },
    { rev: 2, room: 'b' },
  ])
})

test('a no rejects with its code, its sentence and when to try again', async () => {
  const { chat, socket } = await greeted()
  const refused = assert.rejects(chat.ask('room.join', { code: 'AAAAAAAAAA' }), (error) => {
    assert.ok(error instanceof Refused)
    assert.deepEqual([error.code, error.why, error.retry], ['too_fast', 'Slowly.', 900])
    return true
  })
  await socket.no('room.join', { code: 'too_fast', why: 'Slowly.', retry: 900 })
  await refused
})

test('a connection that goes leaves every question lost, and says whether it was sent', async () => {
  const { chat, socket } = await greeted({}, { limits: { ...hello().limits, inFlight: 3 } })
  const sent = chat.ask('room.join', { code: 'AAAAAAAAAA' })
  const unsent = chat.ask('room.join', { code: 'BBBBBBBBBB' })
  assert.deepEqual(socket.names(), ['room.join'])
  const lost = Promise.all([
    assert.rejects(sent, (error) => error instanceof Lost && error.wasSent),
    assert.rejects(unsent, (error) => error instanceof Lost && !error.wasSent),
  ])
  socket.drop()
  await lost
  await assert.rejects(chat.ask('beat', {}), (error) => error instanceof Lost && !error.wasSent)
})

test('no more frames are in flight than the server takes; the others wait in order', async () => {
  const { chat, socket } = await greeted({}, { limits: { ...hello().limits, inFlight: 4 } })
  const codes = ['AAAAAAAAAA', 'BBBBBBBBBB', 'CCCCCCCCCC', 'DDDDDDDDDD']
  const all = Promise.all(codes.map((code) => chat.ask('room.join', { code })))
  const seen: unknown[] = []
  assert.equal(socket.asked.length, 2)
  while (socket.asked.length > 0) {
    assert.ok(socket.asked.length <= 2)
    seen.push((await socket.ok('room.join', { rev: 1 })).code)
  }
  await all
  assert.deepEqual(seen, codes)
})

test('a frame that the server would not take is refused here', async () => {
  const { chat, socket } = await greeted()
  const asked = chat.ask('message.send', { room: 'r1', id: 'x'.repeat(21), body: 'é'.repeat(40_000) })
  await assert.rejects(asked, { name: 'Refused', code: 'bad_frame' })
  assert.deepEqual(socket.names(), [])
})

test('making a room is asked again under the same id when the answer was lost', async () => {
  const own = await greeted()
  const made = own.chat.create('Tea', { vanish: true })
  const first = own.socket.take('room.create')
  own.socket.drop()
  own.clock.advance(750)
  await settle()
  own.socket.say(hello())
  await settle()
  const second = await own.socket.ok('room.create', { rev: 1 })
  assert.deepEqual({ ...second, ref: 0 }, { ...first, ref: 0 })
  assert.equal(await made, first.room)
})

test('without a connection nothing is asked, and that is said at once', async () => {
  const { chat } = peer()
  await assert.rejects(chat.create('Tea'), Lost)
})

test('rubbish and frames of a newer server are passed over', () => {
  for (const text of ['', 'null', '[]', '7', '{"t":1}', '{"t":"novelty"}', '{', new ArrayBuffer(3)])
    assert.equal(readFrame(text), null)
  assert.deepEqual(readFrame('{"t":"bye","after":5}'), { t: 'bye', after: 5 })
})
