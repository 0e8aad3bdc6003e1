/** How much of a room stays in memory: of one that is listened to for months, and of one that somebody reads backwards. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MOST_ENTRIES, MOST_SHOWN } from '../../client/replica.ts'
import type { WireRecord } from '../../src/state/records.ts'
import type { TestSocket } from './peer.ts'
import { greeted, message, openRoom, record, settle } from './peer.ts'

const bob = record(2, { type: 'member', id: 'bob', name: 'Bob', rank: 'member', at: 0, left: null })
const pin = record(3, { type: 'pin', id: 'm5', by: 'bob', at: 0 })

async function opened(put: WireRecord[], more = {}) {
  const { chat, socket } = await greeted()
  const room = chat.open('r1')
  await openRoom(socket, 5, [bob, ...put], more)
  return { socket, room }
}

/** So many messages from this rev on, in one frame. */
function say(socket: TestSocket, from: number, many: number): void {
  const put = Array.from({ length: many }, (_, i) => message(from + 1 + i, 'bob', 'x'))
  socket.say({ t: 'sync', room: 'r1', from, rev: from + many, put, del: [] })
}

test('a timeline that grows for months is cut to its newest part', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'hello')])
  for (let rev = 5; rev <= MOST_SHOWN + 5; rev += 500) say(socket, rev, 500)
  assert.ok(room.room.size < MOST_SHOWN, `${room.room.size} entries`)
  assert.equal(room.isComplete, false)
  assert.equal(room.member('bob')?.name, 'Bob')
  assert.equal(room.timeline().at(-1)?.record.born, room.room.rev)
})

test('what is pinned stays, however often the timeline is cut', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'pinned'), pin])
  for (let rev = 5; rev <= 3 * MOST_SHOWN; rev += 500) {
    say(socket, rev, 500)
    const [first] = room.pinned()
    assert.equal(first?.message?.body, 'pinned')
  }
  assert.deepEqual(socket.names(), [])
  assert.ok(room.timeline().every(({ record }) => record.born > 5))
})

test('who has read backwards keeps what they read when something new is said', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'hello')], { floor: 5 })
  for (let rev = 5; rev < MOST_SHOWN; rev += 500) say(socket, rev, 500)
  const older = room.loadOlder()
  await socket.ok('message.history', {
    records: [message(4, 'bob', 'before')],
    more: true,
    rev: room.room.rev,
  })
  await older
  say(socket, room.room.rev, 10)
  assert.equal(room.timeline()[0]?.record.born, 4)
  for (let n = 0; n < 9; n++) say(socket, room.room.rev, 500)
  assert.ok(room.timeline().length < MOST_SHOWN + 1, 'it does not grow for ever')
})

test('traces of what is gone are forgotten, and what is there is not', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'stays')])
  for (let rev = 5; rev < 3 * MOST_ENTRIES; rev += 2_000) {
    const ids = Array.from({ length: 1_000 }, (_, n) => `gone${rev + n}`)
    const put = ids.map((id, n) => message(rev + 1 + n, 'bob', 'x', id))
    socket.say({ t: 'sync', room: 'r1', from: rev, rev: rev + 1_000, put, del: [] })
    const del = ids.map((id): ['message', string] => ['message', id])
    socket.say({ t: 'sync', room: 'r1', from: rev + 1_000, rev: rev + 2_000, put: [], del })
  }
  assert.ok(room.room.size <= MOST_ENTRIES, `${room.room.size} entries`)
  assert.deepEqual(
    room.timeline().map(({ record }) => record.id),
    ['m5'],
  )
  assert.equal(room.isComplete, true)
})

test('a page that comes after the room was closed is of no use to anybody', async () => {
  const { room, socket } = await opened([message(5, 'bob', 'hello')], { floor: 5 })
  const older = room.loadOlder()
  const asked = socket.take('message.history')
  room.close()
  await settle()
  let heard = 0
  room.subscribe(() => heard++)
  socket.say({ t: 'ok', ref: asked.ref, data: { records: [message(4, 'bob', 'old')], more: false, rev: 5 } })
  await older
  await settle()
  assert.equal(heard, 0)
})

test('who reads a window of notices alone has read what stands before them', async () => {
  const notice = record(5, {
    type: 'notice',
    id: 'n',
    event: 'joined',
    user: 'bob',
    name: 'Bob',
    was: null,
    at: 0,
  })
  const { room, socket } = await opened([notice], { floor: 4, unread: 5 })
  assert.equal(room.unread, 5)
  room.markRead()
  assert.deepEqual([socket.take('read.mark').rev, room.unread], [5, 0])
})
