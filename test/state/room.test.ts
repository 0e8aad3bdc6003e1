import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { WireOf, WireRecord } from '../../src/state/records.ts'
import { Room } from '../../src/state/room.ts'

const message = (id: string, born: number, body = id): WireOf<'message'> => ({
  type: 'message',
  id,
  by: 'ada',
  at: born,
  body,
  edited: null,
  expires: null,
  born,
})
const reaction = (on: string, by: string, born: number): WireOf<'reaction'> => ({
  type: 'reaction',
  id: `${on}.${by}`,
  message: on,
  by,
  emoji: ['👍'],
  born,
})
const sync = (from: number, rev: number, put: WireRecord[], del: ['message', string][] = []) => ({
  from,
  rev,
  put,
  del,
})
const ids = (room: Room) => room.timeline().map((record) => record.id)

test('[P3] a commit is applied when it continues from where the room is', () => {
  const room = new Room('r')
  assert.equal(room.apply(sync(0, 1, [message('a', 1)])), 'applied')
  assert.equal(room.apply(sync(1, 3, [message('b', 2), message('c', 3)])), 'applied')
  assert.equal(room.rev, 3)
  assert.deepEqual(ids(room), ['a', 'b', 'c'])
})

test('[P3] a commit that overlaps is applied, an old one ignored, and one after a gap refused', () => {
  const room = new Room('r')
  room.apply(sync(0, 5, [message('a', 5)]))
  assert.equal(room.apply(sync(3, 7, [message('a', 5), message('b', 7)])), 'applied')
  assert.equal(room.apply(sync(5, 7, [message('x', 6)])), 'ignored')
  assert.equal(room.apply(sync(8, 9, [message('y', 9)])), 'gap')
  assert.deepEqual([room.rev, ids(room)], [7, ['a', 'b']])
})

test('[P3] applying the same window twice is harmless', () => {
  const room = new Room('r')
  const window = { ...sync(0, 9, [message('b', 9), message('a', 8)]), reset: true as const, floor: 8 }
  room.apply(window)
  room.apply(window)
  assert.deepEqual([ids(room), room.floor, room.size], [['a', 'b'], 8, 2])
})

test('deleting a message takes along what hangs on it, and leaves a tombstone', () => {
  const room = new Room('r')
  room.apply(sync(0, 3, [message('a', 1), reaction('a', 'bob', 2), message('b', 3)]))
  assert.equal(room.hanging('a').length, 1)
  room.apply(sync(3, 4, [], [['message', 'a']]))
  assert.deepEqual([ids(room), room.hanging('a')], [['b'], []])
  assert.deepEqual(room.trace('message', 'a'), { born: 1, author: 'ada', gone: true })
})

test('an older page fills in what is missing and never undoes what is newer', () => {
  const room = new Room('r')
  room.apply({ ...sync(0, 50, [message('z', 50)]), reset: true, floor: 50 })
  room.apply(sync(50, 52, [message('b', 12, 'edited')], [['message', 'c']]))
  assert.deepEqual(ids(room), ['z'], 'what lies before the floor is not shown')
  room.merge([message('a', 11), message('b', 12, 'old'), message('c', 13)], 11)
  assert.deepEqual(ids(room), ['a', 'b', 'z'])
  assert.equal(room.get('message', 'b')?.body, 'edited')
})

test('trimming forgets messages before people, and never what is whole', () => {
  const room = new Room('r')
  const bob: WireRecord = {
    type: 'member',
    id: 'bob',
    name: 'Bob',
    rank: 'member',
    at: 1,
    left: null,
    born: 1,
  }
  const pin: WireRecord = { type: 'pin', id: 'm1', by: 'bob', at: 1, born: 2 }
  room.apply(sync(0, 100, [bob, pin, ...Array.from({ length: 90 }, (_, n) => message(`m${n}`, n + 3))]))
  room.trim(10, 1)
  assert.equal(room.size, 12)
  assert.ok(room.get('member', 'bob') && room.get('pin', 'm1') && room.get('message', 'm89'))
  assert.equal(room.trace('message', 'm79'), undefined)
  assert.ok(room.trace('message', 'm80'))
  room.trim(10, 0)
  assert.equal(room.get('member', 'bob'), undefined)
  assert.ok(room.get('pin', 'm1'))
})
