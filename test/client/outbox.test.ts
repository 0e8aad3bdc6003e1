/** What is sent while the world falls apart: nothing lost, nothing twice, nothing out of order. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { OpenRoom, Pending } from '../../client/api.ts'
import { keeper } from './keeper.ts'
import type { TestPeer } from './peer.ts'
import { greeted, hello, message, openDesk, openRoom, peer, settle } from './peer.ts'

async function opened(entries?: Map<string, Pending>): Promise<TestPeer & { room: OpenRoom }> {
  const own = await greeted({ storage: keeper(entries) })
  const room = own.chat.open('r1')
  await openRoom(own.socket, 5, [message(5, 'bob', 'hello')])
  return Object.defineProperties({ room }, Object.getOwnPropertyDescriptors(own)) as TestPeer & {
    room: OpenRoom
  }
}

async function back(own: TestPeer, fields: Parameters<typeof hello>[0] = {}): Promise<void> {
  own.socket.drop()
  own.chat.tryNow()
  await settle()
  own.socket.say(hello(fields))
  await settle()
}

const bodies = (room: OpenRoom) =>
  room.timeline().map(({ record, state }) => `${'body' in record ? record.body : record.event} ${state}`)

test('[M8] a message is shown at once, pale until it is stored, and never twice', async () => {
  const { room, socket } = await opened()
  const sending = room.send('one')
  assert.deepEqual(bodies(room), ['hello stored', 'one waiting'])
  const frame = socket.take('message.send')
  assert.deepEqual(
    { ...frame, ref: 0 },
    { t: 'message.send', ref: 0, room: 'r1', id: sending.id, body: 'one' },
  )
  const put = [message(6, 'ada', 'one', sending.id)]
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put, del: [] })
  assert.deepEqual(bodies(room), ['hello stored', 'one stored'])
  socket.say({ t: 'ok', ref: frame.ref, data: { rev: 6 } })
  assert.deepEqual(await sending.stored, { rev: 6 })
  assert.deepEqual(bodies(room), ['hello stored', 'one stored'])
})

test('the timeline is the same array, with the same objects, until something in it changes', async () => {
  const { room, socket } = await opened()
  room.send('one')
  const before = room.timeline()
  assert.equal(room.timeline(), before)
  const put = [message(6, 'bob', 'x', 'x-message')]
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put, del: [] })
  const after = room.timeline()
  assert.notEqual(after, before)
  assert.equal(after[0], before[0])
  assert.equal(after[2], before[1], 'what waits stays the newest')
})

test('[R5] the second message of a room is not sent before the first one has its answer', async () => {
  const { chat, room, socket } = await opened()
  chat.open('r2')
  socket.take('room.open')
  room.send('one')
  room.send('two')
  chat.open('r2').send('elsewhere')
  assert.deepEqual(
    socket.asked.map(({ body }) => body),
    ['one', 'elsewhere'],
  )
  await socket.ok('message.send', { rev: 6 })
  assert.deepEqual(
    socket.asked.map(({ body }) => body),
    ['elsewhere', 'two'],
  )
})

test('[R5] too fast: the message waits as long as the server says, and those behind it too', async () => {
  const { clock, room, socket } = await opened()
  room.send('one')
  room.send('two')
  await socket.no('message.send', { code: 'too_fast', retry: 500 })
  clock.advance(499)
  assert.deepEqual(socket.names(), [])
  clock.advance(1)
  assert.equal(socket.take('message.send').body, 'one')
  assert.deepEqual(bodies(room), ['hello stored', 'one waiting', 'two waiting'])
})

test('[T6] after a lost connection the room is caught up first, then the same ids are sent again', async () => {
  const own = await opened()
  own.room.send('one')
  own.room.send('two')
  const first = own.socket.take('message.send')
  await back(own)
  assert.deepEqual(own.socket.names(), ['room.open', 'room.open', 'message.send'])
  const desk = own.socket.take('room.open')
  const open = own.socket.take('room.open')
  assert.deepEqual([desk.room, desk.since, open.room, open.since, open.epoch], ['desk:ada', 1, 'r1', 5, 'e1'])
  const again = own.socket.take('message.send')
  assert.equal(again.id, first.id)
  const put = [message(6, 'ada', 'one', String(first.id))]
  own.socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put, del: [] })
  own.socket.say({ t: 'ok', ref: again.ref, data: { rev: 6 } })
  await settle()
  assert.deepEqual(bodies(own.room), ['hello stored', 'one stored', 'two waiting'])
  assert.equal(own.socket.take('message.send').body, 'two')
})

test('what was answered stays in view until the sync that brings it', async () => {
  const { room, socket } = await opened()
  const { id } = room.send('one')
  await socket.ok('message.send', { rev: 7 })
  assert.deepEqual(bodies(room), ['hello stored', 'one waiting'])
  const put = [message(7, 'ada', 'one', id)]
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 7, put, del: [] })
  assert.deepEqual(bodies(room), ['hello stored', 'one stored'])
  assert.equal(socket.names().length, 0, 'and is not sent again')
})

test('what was answered is not kept again when another tab leaves what it had', async () => {
  const entries = new Map<string, Pending>()
  let take: (all: Pending[]) => void = () => undefined
  const storage = keeper(entries)
  const own = await greeted({
    storage: {
      ...storage,
      adopt(person, taken) {
        take = taken
        return storage.adopt(person, taken)
      },
    },
  })
  const room = own.chat.open('r1')
  await openRoom(own.socket, 5, [message(5, 'ada', 'first')])
  room.edit('m5', 'second')
  await own.socket.ok('message.edit', { rev: 9 })
  const left = {
    id: 'left',
    person: 'ada',
    room: 'r1',
    at: 1,
    order: 1,
    state: 'waiting',
    why: null,
  } as const
  const ofOther: Pending = { ...left, name: 'message.send', fields: { room: 'r1', id: 'left', body: 'hi' } }
  entries.set(ofOther.id, ofOther)
  take([ofOther])
  assert.deepEqual([...entries.keys()], ['left'])
  await own.socket.ok('message.send', { rev: 10 })
  assert.deepEqual([...entries.keys()], [])
})

test('[R11] what was answered by a server that is set back is sent to it again', async () => {
  const entries = new Map<string, Pending>()
  const own = await opened(entries)
  const { id } = own.room.send('one')
  await own.socket.ok('message.send', { rev: 100 })
  assert.equal(entries.size, 0)
  await back(own, { epoch: 'e2' })
  await openDesk(own.socket)
  await openRoom(own.socket, 3, [message(3, 'bob', 'old')])
  assert.deepEqual([bodies(own.room), entries.size], [['old stored', 'one waiting'], 1])
  assert.equal((await own.socket.ok('message.send', { rev: 4 })).id, id)
  const put = [message(4, 'ada', 'one', id)]
  own.socket.say({ t: 'sync', room: 'r1', from: 3, rev: 4, put, del: [] })
  assert.deepEqual([bodies(own.room), entries.size], [['old stored', 'one stored'], 0])
})

test('closing the chat tells those who wait for an answer', async () => {
  const { chat, room } = await opened()
  const { stored } = room.send('one')
  chat.close()
  await assert.rejects(stored, { name: 'Lost', wasSent: true })
})

test('a refused message stays, says why, and can be tried again or discarded', async () => {
  const entries = new Map<string, Pending>()
  const { chat, room, socket } = await opened(entries)
  const one = room.send('one')
  const refused = assert.rejects(one.stored, { name: 'Refused', code: 'forbidden' })
  room.send('two')
  await socket.no('message.send', { code: 'forbidden', why: 'You are muted.' })
  await refused
  assert.deepEqual(bodies(room), ['hello stored', 'one failed', 'two waiting'])
  assert.equal(room.timeline()[1]?.pending?.why, 'You are muted.')
  assert.equal(entries.get(one.id)?.state, 'failed')
  await socket.ok('message.send', { rev: 5 })
  room.retry(one.id)
  assert.equal(socket.take('message.send').id, one.id)
  assert.deepEqual(bodies(room), ['hello stored', 'one waiting'])
  room.discard(one.id)
  assert.deepEqual([bodies(room), chat.pending.length, entries.size], [['hello stored'], 0, 0])
})

test('[T7] written offline, it waits; a reload later it is sent once, before anything newer', async () => {
  const entries = new Map<string, Pending>()
  const first = await opened(entries)
  first.socket.drop()
  const { id } = first.room.send('one')
  assert.deepEqual(bodies(first.room), ['hello stored', 'one waiting'])
  assert.equal(first.chat.status, 'reconnecting')

  const second = peer({ storage: keeper(entries) })
  const room = second.chat.open('r1')
  await settle()
  room.send('two')
  second.socket.say(hello())
  await openDesk(second.socket)
  await openRoom(second.socket, 5, [message(5, 'bob', 'hello')])
  assert.deepEqual(bodies(room), ['hello stored', 'one waiting', 'two waiting'])
  const { id: sent } = await second.socket.ok('message.send', { rev: 5 })
  assert.equal(sent, id)
  assert.equal((await second.socket.ok('message.send', { rev: 5 })).body, 'two')
  assert.deepEqual([second.socket.names(), entries.size], [[], 0])
})

test('[T7] what one person left waiting is never sent by another', async () => {
  const entries = new Map<string, Pending>()
  const first = await opened(entries)
  first.socket.drop()
  first.room.send('of ada')
  const eve = { id: 'eve', name: 'Eve', desk: 'desk:eve' }
  await back(first, { user: eve })
  assert.deepEqual(
    first.socket.names().filter((name) => name === 'message.send'),
    [],
  )
  assert.deepEqual([first.room.timeline().length, first.chat.pending.length], [0, 0])
  assert.equal(entries.size, 1, 'ada may come back')
})

test('logging out forgets what was waiting', async () => {
  const entries = new Map<string, Pending>()
  const own = await opened(entries)
  own.room.send('one')
  own.login = () => Response.json({})
  await own.chat.logout()
  assert.deepEqual([own.chat.pending.length, entries.size], [0, 0])
})

test('[M3] an edit and a deletion show at once, also of what is not stored yet', async () => {
  const { chat, room, socket } = await opened()
  room.edit('m5', 'hello!')
  assert.deepEqual(bodies(room), ['hello! waiting'])
  await socket.no('message.edit', { code: 'forbidden', why: 'Only who wrote it.' })
  assert.deepEqual(bodies(room), ['hello failed'])
  room.discard(room.timeline()[0]?.pending?.id ?? '')
  assert.deepEqual(bodies(room), ['hello stored'])
  const { id } = room.send('one')
  room.edit(id, 'two')
  assert.deepEqual(bodies(room), ['hello stored', 'two waiting'])
  room.remove(id)
  assert.deepEqual(bodies(room), ['hello stored'])
  await socket.ok('message.send', { rev: 5 })
  await socket.ok('message.edit', { rev: 5 })
  await socket.no('message.delete', { code: 'not_found', why: 'It does not exist.' })
  assert.deepEqual([bodies(room), chat.pending], [['hello stored'], []], 'nothing is left to decide')
})

test('[M10] [M13] reactions and pins show at once, and are taken back when refused', async () => {
  const { room, socket } = await opened()
  room.react('m5', '👍', true)
  assert.deepEqual(room.reactions('m5'), [{ emoji: '👍', by: ['ada'] }])
  const pin = room.pin('m5', true)
  assert.equal(room.pinned()[0]?.message?.id, 'm5')
  await socket.no('reaction.add', { code: 'limit' })
  assert.deepEqual(room.reactions('m5'), [])
  const refused = assert.rejects(pin.stored, { code: 'limit' })
  await socket.no('pin.add', { code: 'limit' })
  await refused
  assert.deepEqual(room.pinned(), [])
})

test('a thousand may wait, and not one more', async () => {
  const { room } = await opened()
  for (let i = 0; i < 1_000; i++) room.send(String(i))
  assert.throws(() => room.send('too much'), { name: 'Refused', code: 'limit' })
})
