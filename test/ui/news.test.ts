import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inOrder, newsBetween, peopleInOrder, unreadIn } from '../../client/ui/news.ts'
import type { RoomSummary } from '../../src/protocol.ts'

function room(
  id: string,
  rev: number,
  message: string | null,
  unread = 1,
  by = 'bob',
  at = rev,
): RoomSummary {
  const last = message === null ? null : { id: message, by, name: by, at, text: 'hi' }
  return { room: id, rev, kind: 'room', name: id, unread, last }
}
const mapOf = (...rooms: RoomSummary[]) => new Map(rooms.map((one) => [one.room, one]))
const idsOf = (rooms: RoomSummary[]) => rooms.map((one) => one.room)

test('[U4] a new message of somebody else is news', () => {
  assert.deepEqual(idsOf(newsBetween(mapOf(room('r', 1, 'a')), mapOf(room('r', 2, 'b')), 'ada')), ['r'])
})

test('[U4] my own message, what is read, the first look and a deletion are no news', () => {
  const before = mapOf(room('r', 1, 'a'))
  assert.deepEqual(newsBetween(before, mapOf(room('r', 2, 'b', 1, 'ada')), 'ada'), [])
  assert.deepEqual(newsBetween(before, mapOf(room('r', 2, 'b', 0)), 'ada'), [])
  assert.deepEqual(newsBetween(new Map(), mapOf(room('r', 2, 'b')), 'ada'), [])
  assert.deepEqual(newsBetween(before, mapOf(room('r', 2, null)), 'ada'), [])
  assert.deepEqual(newsBetween(before, before, 'ada'), [])
})

test('the lobby comes first, then where something was said last', () => {
  const rooms = [room('old', 1, 'a'), room('new', 5, 'b'), room('empty', 9, null), room('lobby', 0, null)]
  assert.deepEqual(idsOf(inOrder(rooms, 'lobby')), ['lobby', 'new', 'old', 'empty'])
  assert.equal(unreadIn(rooms), 4)
})

test('[P1] people who are here come first, I before them', () => {
  const people = ['zoe', 'ada', 'bob', 'cal'].map((id) => ({ id, name: id }))
  const ordered = peopleInOrder(people, new Set(['zoe', 'cal', 'ada']), 'zoe')
  assert.deepEqual(
    ordered.map((person) => person.id),
    ['zoe', 'ada', 'cal', 'bob'],
  )
})
