/** An open room: kept in step through gaps and losses, read backwards, counted, and heard by bots. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireRecord } from '../../src/state/records.ts'
import { ada, greeted, hello, message, openDesk, openRoom, record, settle } from './peer.ts'

const bob = record(2, { type: 'member', id: 'bob', name: 'Bob', rank: 'member', at: 0, left: null })

async function opened(
  put: WireRecord[] = [bob, message(5, 'bob', 'hello')],
  more = {},
  desk: WireRecord[] = [],
) {
  const { chat, clock, socket } = await greeted()
  if (desk.length > 0) socket.say({ t: 'sync', room: ada.desk, from: 1, rev: 2, put: desk, del: [] })
  const room = chat.open('r1')
  await openRoom(socket, 5, put, more)
  return { chat, clock, socket, room }
}
const read = (rev: number) => record(1, { type: 'read', id: 'r1', rev })

test('opening the same room twice gives the same room, and asks the server once', async () => {
  const { chat, room, socket } = await opened()
  assert.equal(chat.open('r1'), room)
  assert.equal(await room.ready(), room)
  assert.deepEqual([room.isReady, room.present, [...room.online], socket.names()], [true, 1, ['ada'], []])
})

test('[P3] a gap asks for what is missing, once, and applies nothing before', async () => {
  const { room, socket } = await opened()
  socket.say({ t: 'sync', room: 'r1', from: 7, rev: 8, put: [message(8, 'bob', 'late')], del: [] })
  socket.say({ t: 'sync', room: 'r1', from: 8, rev: 9, put: [message(9, 'bob', 'later')], del: [] })
  assert.equal(room.timeline().length, 1)
  const open = socket.take('room.open')
  assert.deepEqual([open.since, open.epoch, socket.names()], [5, 'e1', []])
  const put = [message(6, 'bob', 'six'), message(8, 'bob', 'late'), message(9, 'bob', 'later')]
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 9, put, del: [] })
  socket.say({ t: 'ok', ref: open.ref, data: { rev: 9, online: [], present: 0, unread: 4 } })
  await settle()
  assert.deepEqual(
    room.timeline().map(({ record }) => record.born),
    [5, 6, 8, 9],
  )
})

test('[P8] a lost last frame is noticed by the heartbeat', async () => {
  const { socket } = await opened()
  socket.say({ t: 'beat', rooms: { r1: 5, [ada.desk]: 1 } })
  assert.deepEqual(socket.names(), [])
  socket.say({ t: 'beat', rooms: { r1: 6 } })
  assert.equal(socket.take('room.open').since, 5)
})

test('an opening that leaves the room behind is asked again, and at last afresh', async () => {
  const { room, socket } = await opened()
  socket.say({ t: 'beat', rooms: { r1: 6 } })
  const data = { rev: 6, online: [], present: 0, unread: 0 }
  const tries: unknown[] = []
  for (let i = 0; i < 4; i++) tries.push((await socket.ok('room.open', data)).since)
  assert.deepEqual([tries, socket.names()], [[5, 5, 5, undefined], []])
  assert.ok(room.isReady)
})

test('[P4] another epoch after a restored backup means a fresh window', async () => {
  const own = await greeted()
  const room = own.chat.open('r1')
  await openRoom(own.socket, 5, [message(5, 'bob', 'hello')])
  own.socket.drop()
  own.chat.tryNow()
  await settle()
  own.socket.say(hello({ epoch: 'e2' }))
  await openDesk(own.socket)
  const open = await openRoom(own.socket, 3, [message(3, 'bob', 'three')])
  assert.deepEqual([open.since, room.timeline().length, room.room.rev], [undefined, 1, 3])
})

test('a room that is none for me says so and is not asked for again', async () => {
  const { chat, socket } = await greeted()
  const room = chat.open('r1')
  const refused = assert.rejects(room.ready(), { name: 'Refused', code: 'not_found' })
  await socket.no('room.open', { code: 'not_found', why: 'There is no such room.' })
  await refused
  assert.deepEqual([room.isGone, room.isReady], [true, false])
})

test('[R4] a room that vanishes, or that I leave elsewhere, is gone from view and list', async () => {
  const { chat, room, socket } = await opened()
  assert.deepEqual([...chat.rooms.keys()], ['r1'])
  socket.say({ t: 'bump', rooms: { r1: null } })
  assert.deepEqual([room.isGone, chat.rooms.size], [true, 0])
  const again = chat.open('r1')
  assert.notEqual(again, room, 'joined again, it is opened anew')
})

test('[S1] older pages are merged below, until there are no more', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'five')], { floor: 4 })
  assert.equal(room.isComplete, false)
  const loading = Promise.all([room.loadOlder(), room.loadOlder()])
  const frame = socket.take('message.history')
  assert.deepEqual([frame.before, frame.limit, socket.names()], [4, 50, []])
  const page = { records: [message(3, 'bob', 'three'), message(2, 'bob', 'two')], more: true, rev: 5 }
  socket.say({ t: 'ok', ref: frame.ref, data: page })
  await loading
  assert.deepEqual([room.timeline().map(({ record }) => record.born), room.isComplete], [[2, 3, 5], false])
  const last = room.loadOlder()
  await socket.ok('message.history', { records: [], more: false, rev: 5 })
  await last
  assert.equal(room.isComplete, true)
  await room.loadOlder()
  assert.deepEqual(socket.names(), [])
})

test('an older page that a fresh window overtook is dropped', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'five')], { floor: 4 })
  const loading = room.loadOlder()
  const put = [message(90, 'bob', 'ninety')]
  socket.say({ t: 'sync', room: 'r1', from: 0, rev: 90, put, del: [], reset: true, floor: 80 })
  await socket.ok('message.history', { records: [message(3, 'bob', 'three')], more: false, rev: 5 })
  await loading
  assert.deepEqual([room.timeline().map(({ record }) => record.born), room.isComplete], [[90], false])
})

test('people who are not known are fetched together, once', async () => {
  const { room, socket } = await opened()
  assert.equal(room.member('bob')?.name, 'Bob')
  assert.equal(room.member('cal'), undefined)
  room.member('eve')
  room.member('cal')
  await settle()
  const cal = record(3, { type: 'member', id: 'cal', name: 'Cal', rank: 'member', at: 0, left: null })
  const frame = await socket.ok('member.list', { records: [cal], more: false, rev: 5 })
  assert.deepEqual(
    [frame.ids, room.member('cal')?.name, room.member('eve')],
    [['cal', 'eve'], 'Cal', undefined],
  )
  await settle()
  assert.deepEqual(socket.names(), [])
})

test('all people are read page by page', async () => {
  const { room, socket } = await opened()
  const first = room.loadMembers()
  await socket.ok('member.list', { records: [bob], more: true, rev: 5 })
  assert.equal(await first, true)
  const second = room.loadMembers()
  assert.equal((await socket.ok('member.list', { records: [], more: false, rev: 5 })).after, 'bob')
  assert.deepEqual([await second, await room.loadMembers()], [false, false])
})

test('[M13] a pinned message outside the window is fetched and does not tear the timeline', async () => {
  const pin = record(5, { type: 'pin', id: 'm2', by: 'bob', at: 9 })
  const { room, socket } = await opened([pin, message(5, 'bob', 'five')], { floor: 4 })
  assert.equal(room.pinned()[0]?.message, undefined)
  await settle()
  const records = [message(2, 'bob', 'two')]
  assert.deepEqual((await socket.ok('message.get', { records, more: false, rev: 5 })).ids, ['m2'])
  assert.equal(room.pinned()[0]?.message?.body, 'two')
  assert.equal(room.timeline().length, 1)
})

test('[M20] unread is what others wrote after my position, or after I came', async () => {
  const put = [message(2, 'bob', 'two'), message(3, 'ada', 'mine'), message(5, 'bob', 'five')]
  const { chat, room, socket } = await opened(put)
  assert.deepEqual([room.readUpTo, room.unread], [1, 2])
  socket.say({ t: 'sync', room: ada.desk, from: 1, rev: 2, put: [read(3)], del: [] })
  assert.deepEqual([room.readUpTo, room.unread, chat.rooms.get('r1')?.unread], [3, 1, 1])
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'bob', 'six')], del: [] })
  assert.deepEqual([room.unread, chat.rooms.get('r1')?.last?.text], [2, 'six'])
  socket.say({ t: 'sync', room: 'r1', from: 6, rev: 7, put: [], del: [['message', 'm6']] })
  assert.equal(room.unread, 1)
})

test('[M20] below the window the server has counted, and new ones are added', async () => {
  const put = [message(5, 'bob', 'five')]
  const { room, socket } = await opened(put, { floor: 5, unread: 42 }, [read(3)])
  assert.equal(room.unread, 42)
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'bob', 'more')], del: [] })
  assert.equal(room.unread, 43)
})

test('[M20] reading is marked at most once a second, the last mark always', async () => {
  const { clock, room, socket } = await opened()
  room.markRead()
  assert.equal(room.unread, 0, 'at once, before the answer')
  room.markRead()
  assert.equal(socket.take('read.mark').rev, 5)
  for (const born of [6, 7, 8]) {
    socket.say({
      t: 'sync',
      room: 'r1',
      from: born - 1,
      rev: born,
      put: [message(born, 'bob', 'x')],
      del: [],
    })
    room.markRead()
  }
  assert.deepEqual([room.unread, socket.names()], [0, []])
  clock.advance(1_000)
  assert.equal(socket.take('read.mark').rev, 8)
  clock.advance(60_000)
  assert.equal(socket.names().includes('read.mark'), true, 'without an answer it is marked again')
})

test('[M20] a message can be marked as unread, and read again', async () => {
  const { clock, room, socket } = await opened([message(4, 'bob', 'four'), message(5, 'bob', 'five')])
  room.markUnread('m5')
  assert.equal(room.unread, 1)
  const frame = await socket.ok('read.mark', { rev: 2 })
  assert.deepEqual([frame.rev, frame.back], [4, true])
  clock.advance(1_000)
  assert.deepEqual(socket.names(), [])
})

test('[T5] my name and positions follow what another device of mine does', async () => {
  const { chat, room, socket } = await opened()
  const profile = record(1, { type: 'profile', id: 'ada', name: 'Countess' })
  socket.say({ t: 'sync', room: ada.desk, from: 1, rev: 2, put: [profile, read(5)], del: [] })
  assert.deepEqual([chat.me.name, room.unread], ['Countess', 0])
})

test('[T3] the window that opens a room, and what comes until it is open, causes no events', async () => {
  const { chat, socket } = await greeted()
  const room = chat.open('r1')
  const heard: unknown[] = []
  room.on('message', ({ body }) => heard.push(body))
  room.on('reset', () => heard.push('reset'))
  const open = socket.take('room.open')
  const put = [message(5, 'bob', 'five')]
  socket.say({ t: 'sync', room: 'r1', from: 0, rev: 5, put, del: [], reset: true, floor: 0 })
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'bob', 'six')], del: [] })
  socket.say({ t: 'ok', ref: open.ref, data: { rev: 6, online: [], present: 0, unread: 0 } })
  await settle()
  socket.say({ t: 'sync', room: 'r1', from: 6, rev: 7, put: [message(7, 'bob', 'seven')], del: [] })
  await settle()
  assert.deepEqual(heard, ['seven'])
})

test('[T3] events tell what is new, never what was there', async () => {
  const { room, socket } = await opened()
  const heard: unknown[] = []
  room.on('message', ({ body }) => heard.push(body))
  room.on('edited', ({ body }) => heard.push(`now ${body}`))
  room.on('deleted', (id) => heard.push(`no ${id}`))
  room.on('joined', ({ name }) => heard.push(`${name} came`))
  room.on('reset', () => heard.push('reset'))
  const notice = record(7, {
    type: 'notice',
    id: 'n7',
    event: 'joined',
    user: 'cal',
    name: 'Cal',
    was: null,
    at: 7,
  })
  const edited: WireRecord = { ...message(5, 'bob', 'hello!'), ...{ edited: 6 } }
  socket.say({
    t: 'sync',
    room: 'r1',
    from: 5,
    rev: 7,
    put: [edited, notice, message(6, 'bob', 'six')],
    del: [],
  })
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 7, put: [message(6, 'bob', 'six')], del: [] })
  socket.say({ t: 'sync', room: 'r1', from: 7, rev: 8, put: [], del: [['message', 'm6']] })
  await settle()
  assert.deepEqual(heard.splice(0), ['now hello!', 'Cal came', 'six', 'no m6'])
  const older = room.loadOlder()
  await older
  const put = [message(90, 'bob', 'ninety')]
  socket.say({ t: 'sync', room: 'r1', from: 0, rev: 90, put, del: [], reset: true, floor: 80 })
  await settle()
  assert.deepEqual(heard, ['reset'])
})

test('[P5] somebody types until their message comes, or for 5 s; my own signs are rare', async () => {
  const { clock, room, socket } = await opened()
  const sign = { t: 'signal', room: 'r1', name: 'typing', user: 'bob' } as const
  socket.say(sign, { ...sign, user: 'ada' })
  assert.deepEqual(room.typists, ['bob'])
  clock.advance(4_000)
  socket.say(sign)
  clock.advance(4_999)
  assert.deepEqual(room.typists, ['bob'])
  clock.advance(1)
  assert.deepEqual(room.typists, [])
  socket.say(sign, { t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'bob', 'there')], del: [] })
  assert.deepEqual(room.typists, [])
  room.typing()
  room.typing()
  assert.equal(socket.take('typing').ref, undefined)
  assert.deepEqual(socket.names(), [])
  clock.advance(3_000)
  room.typing()
  assert.deepEqual(socket.names(), ['typing'])
})

test('[P1] presence follows the signals, and nobody is known to be here without a connection', async () => {
  const { room, socket } = await opened()
  const heard: unknown[] = []
  room.on('presence', (news) => heard.push(news))
  socket.say({ t: 'signal', room: 'r1', name: 'presence', online: ['bob', 'cal'], offline: [], present: 3 })
  socket.say({ t: 'signal', room: 'r1', name: 'presence', online: [], offline: ['bob'], present: 2 })
  assert.deepEqual([[...room.online], room.present], [['ada', 'cal'], 2])
  await settle()
  assert.equal(heard.length, 2)
  socket.drop()
  assert.deepEqual([room.online.size, room.present], [0, 0])
})

test('[M4] a temporary message goes when it is due, even without a connection', async () => {
  const due: WireRecord = { ...message(5, 'bob', 'psst'), ...{ expires: hello().now + 10_000 } }
  const { clock, room, socket } = await opened([due])
  socket.drop()
  clock.advance(9_999)
  assert.equal(room.timeline().length, 1)
  clock.advance(1)
  assert.equal(room.timeline().length, 0)
})

test('[T5] the list of rooms follows hello, bumps and what is open', async () => {
  const tea = { room: 'r9', rev: 4, kind: 'room', name: 'Nine', unread: 3, last: null } as const
  const { chat, socket } = await greeted({}, { rooms: [tea] })
  let changes = 0
  chat.subscribe(() => changes++)
  const before = chat.rooms
  assert.equal(chat.rooms, before)
  const last = { id: 'm', by: 'bob', name: 'Bob', at: 1, text: 'hi' }
  socket.say({ t: 'bump', rooms: { r9: { rev: 5, unread: 4, last } } })
  socket.say({ t: 'bump', rooms: { r9: { rev: 6, unread: 0 } } })
  socket.say({ t: 'bump', rooms: { new: { rev: 1, unread: 1, kind: 'room', name: 'New' } } })
  assert.deepEqual(chat.rooms.get('r9'), { ...tea, rev: 6, unread: 0, last })
  assert.deepEqual(chat.rooms.get('new'), {
    room: 'new',
    rev: 1,
    unread: 1,
    kind: 'room',
    name: 'New',
    last: null,
  })
  await settle()
  assert.equal(changes, 1, 'coalesced')
  const room = chat.open('r1')
  await openRoom(socket, 5, [message(5, 'bob', 'hello')])
  assert.equal(chat.rooms.get('r1')?.last?.text, 'hello')
  room.close()
  assert.equal(chat.rooms.get('r1')?.last?.text, 'hello', 'what it said last stays')
  assert.deepEqual(socket.names(), ['room.close'])
})

test('a room that I was put out of while away goes from the list when it is found out', async () => {
  const { chat, room, socket } = await opened()
  assert.deepEqual([...chat.rooms.keys()], ['r1'])
  socket.say({ t: 'beat', rooms: { r1: 6 } })
  await socket.no('room.open', { code: 'not_found' })
  assert.deepEqual([room.isGone, chat.rooms.size], [true, 0])
  socket.say({ t: 'bump', rooms: { r1: { rev: 9, unread: 0, kind: 'room', name: 'Tea' } } })
  assert.equal(chat.rooms.size, 1, 'invited again')
})

test('leaving takes the room from the list at once', async () => {
  const { chat, room, socket } = await opened()
  assert.deepEqual([...chat.rooms.keys()], ['r1'])
  const leaving = room.leave()
  await socket.ok('room.leave', { rev: 6 })
  await leaving
  assert.deepEqual([room.isGone, chat.rooms.size], [true, 0])
})

test('the id of a message begins with the time, in steps of four seconds, so that the store finds it a place', async () => {
  const { room, clock } = await opened()
  const [first, same] = [room.send('one').id, room.send('two').id]
  assert.notEqual(first, same)
  assert.equal(first.slice(0, 6), same.slice(0, 6))
  clock.advance(5000)
  assert.ok(room.send('three').id.slice(0, 6) > first.slice(0, 6))
})

test('a room that cannot be opened because too many are is not lost from the list', async () => {
  const tea = { room: 'r1', rev: 5, kind: 'room' as const, name: 'Tea', unread: 0, last: null }
  const { chat, socket } = await greeted({}, { rooms: [tea] })
  const room = chat.open('r1')
  const ready = assert.rejects(room.ready(), { name: 'Refused', code: 'limit' })
  await socket.no('room.open', { code: 'limit', why: 'Too many.' })
  await ready
  assert.deepEqual([room.isGone, [...chat.rooms.keys()]], [false, ['r1']])
})

test('what was read stays read between the answer and the sync of the desk', async () => {
  const { room, socket } = await opened([bob, message(4, 'bob', 'one'), message(5, 'bob', 'two')])
  room.markRead()
  assert.equal(room.unread, 0)
  await socket.ok('read.mark', { rev: 2 })
  assert.equal(room.unread, 0)
  socket.say({ t: 'sync', room: ada.desk, from: 1, rev: 2, put: [read(5)], del: [] })
  assert.equal(room.unread, 0)
  const back = record(1, { type: 'read', id: 'r1', rev: 3 })
  socket.say({ t: 'sync', room: ada.desk, from: 2, rev: 3, put: [back], del: [] })
  assert.equal(room.unread, 2, 'from then on the desk counts')
})

test('who said the last words, and is not known, is asked for', async () => {
  const { chat, room, socket } = await opened()
  socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'zoe', 'hi')], del: [] })
  assert.equal(chat.rooms.get('r1')?.last?.name, '')
  await settle()
  const zoe = record(3, { type: 'member', id: 'zoe', name: 'Zoe', rank: 'member', at: 0, left: null })
  await socket.ok('member.list', { records: [zoe], more: false, rev: 6 })
  assert.equal(chat.rooms.get('r1')?.last?.name, 'Zoe')
  assert.equal(room.member('zoe')?.name, 'Zoe')
})
