import assert from 'node:assert/strict'
import { test } from 'node:test'
import { del, erase, later, put } from '../../src/state/change.ts'
import { Draft } from '../../src/state/draft.ts'
import type { AnyRecord } from '../../src/state/records.ts'
import { Room } from '../../src/state/room.ts'

const message = (id: string, body = id): AnyRecord => ({
  type: 'message',
  id,
  by: 'ada',
  at: 0,
  body,
  edited: null,
  expires: null,
})
const pin = (id: string): AnyRecord => ({ type: 'pin', id, by: 'ada', at: 0 })

test('each change moves the clock by one, and a command sees those before it', () => {
  const draft = new Draft(new Room('r'))
  draft.apply([put(message('a'))])
  draft.apply([put(pin('a'))])
  assert.equal(draft.rev, 2)
  assert.equal(draft.get('message', 'a')?.born, 1)
  assert.deepEqual(
    draft.all('pin').map((record) => record.id),
    ['a'],
  )
})

test('the room below stays as it is', () => {
  const room = new Room('r')
  const draft = new Draft(room)
  draft.apply([put(message('a'))])
  assert.deepEqual([room.rev, room.size], [0, 0])
})

test('a key touched twice is one row, with its first born and its last form', () => {
  const draft = new Draft(new Room('r'))
  draft.apply([put(message('a', 'first'))])
  draft.apply([put(message('a', 'second'))])
  const [row, ...rest] = draft.touched()
  assert.deepEqual(rest, [])
  assert.ok(row?.record?.type === 'message' && row.record.body === 'second')
  assert.deepEqual([row.born, row.rev, row.fresh], [1, 2, true])
})

test('what was made and deleted in one batch is a tombstone, and what hung on it is not told', () => {
  const draft = new Draft(new Room('r'))
  draft.apply([put(message('a'))])
  draft.apply([put(pin('a'))])
  draft.apply([del('message', 'a')])
  assert.deepEqual(
    draft.touched().map(({ type, record }) => [type, record]),
    [['message', null]],
  )
  assert.deepEqual([draft.get('pin', 'a'), draft.all('pin'), draft.hanging('a')], [undefined, [], []])
})

test('deleting hides what hangs in the room below', () => {
  const room = new Room('r')
  room.apply({
    from: 0,
    rev: 2,
    put: [
      { ...message('a'), born: 1 },
      { ...pin('a'), born: 2 },
    ] as never,
    del: [],
  })
  const draft = new Draft(room)
  draft.apply([del('message', 'a')])
  assert.deepEqual([draft.all('pin'), draft.trace('pin', 'a')], [[], undefined])
  assert.equal(draft.trace('message', 'a')?.gone, true)
  assert.equal(draft.touched()[0]?.fresh, false)
})

test('two new timeline records under one rev are a bug, and leave the draft as it was', () => {
  const draft = new Draft(new Room('r'))
  assert.throws(() => draft.apply([put(message('a')), put(message('b'))]), /timeline/)
  assert.deepEqual([draft.rev, draft.touched()], [0, []])
})

test('jobs and an erasure are kept for the store', () => {
  const draft = new Draft(new Room('r'))
  const job = { to: { room: 'x' }, frame: 'f', fields: {} }
  draft.apply([later(job), erase()])
  assert.deepEqual([draft.jobs, draft.erased, draft.rev], [[job], true, 1])
})
