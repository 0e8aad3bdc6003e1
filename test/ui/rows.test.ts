import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '../../client/api.ts'
import type { Row, RowOptions } from '../../client/ui/rows.ts'
import { lastOwn, nextExpiry, rowsOf, TOGETHER, unreadAfter } from '../../client/ui/rows.ts'

const DAY = 86_400_000
const options: RowOptions = { dayNumber: (at) => Math.floor(at / DAY), readUpTo: null, me: 'ada', now: 0 }

function said(by: string, born: number, at: number, expires: number | null = null): Shown {
  const record = { type: 'message', id: `m${born}`, by, at, body: 'hi', edited: null, expires, born } as const
  return { record, state: 'stored', pending: null }
}
const joined = (user: string, born: number, at: number): Shown => noticed('joined', user, born, at)
function noticed(event: 'joined' | 'left' | 'renamed', user: string, born: number, at: number): Shown {
  const record = {
    type: 'notice',
    id: `n${born}`,
    event,
    user,
    name: user,
    was: null,
    at,
    born,
  } as const
  return { record, state: 'stored', pending: null }
}
const shapeOf = (rows: Row[]) =>
  rows.map((row) =>
    row.kind === 'message' ? `${row.key}${row.opens ? '<' : ''}${row.closes ? '>' : ''}` : row.kind,
  )

test('messages of one person within five minutes stand together', () => {
  const rows = rowsOf([said('bob', 1, 0), said('bob', 2, 1), said('bob', 3, 1 + TOGETHER)], options)
  assert.deepEqual(shapeOf(rows), ['day', 'm1<', 'm2', 'm3>'])
})

test('a longer pause, another person, a notice and a new day each begin a new run', () => {
  const pause = rowsOf([said('bob', 1, 0), said('bob', 2, TOGETHER + 1)], options)
  assert.deepEqual(shapeOf(pause), ['day', 'm1<>', 'm2<>'])
  const other = rowsOf([said('bob', 1, 0), said('cal', 2, 1)], options)
  assert.deepEqual(shapeOf(other), ['day', 'm1<>', 'm2<>'])
  const notice = rowsOf([said('bob', 1, 0), joined('cal', 2, 1), said('bob', 3, 2)], options)
  assert.deepEqual(shapeOf(notice), ['day', 'm1<>', 'notice', 'm3<>'])
  const night = rowsOf([said('bob', 1, DAY - 1), said('bob', 2, DAY)], options)
  assert.deepEqual(shapeOf(night), ['day', 'm1<>', 'day', 'm2<>'])
})

test('[P2] those who come or go one after another share a row, on the same day', () => {
  const coming = [joined('bob', 1, 0), joined('cal', 2, 1), joined('eve', 3, DAY)]
  const [, first, , second] = rowsOf(coming, options)
  assert.deepEqual(first?.kind === 'notice' && first.notices.map(({ user }) => user), ['bob', 'cal'])
  assert.deepEqual(second?.kind === 'notice' && second.notices.map(({ user }) => user), ['eve'])
  const mixed = [joined('bob', 1, 0), noticed('left', 'bob', 2, 1), noticed('left', 'cal', 3, 2)]
  assert.deepEqual(shapeOf(rowsOf(mixed, options)), ['day', 'notice', 'notice'])
  const renamed = [noticed('renamed', 'bob', 1, 0), noticed('renamed', 'cal', 2, 1)]
  assert.deepEqual(shapeOf(rowsOf(renamed, options)), ['day', 'notice', 'notice'])
  const spoken = [joined('bob', 1, 0), said('bob', 2, 1), joined('cal', 3, 2)]
  assert.deepEqual(shapeOf(rowsOf(spoken, options)), ['day', 'notice', 'm2<>', 'notice'])
})

test('the unread line stands before the first message of others after what was read', () => {
  const timeline = [
    said('bob', 1, 0),
    said('ada', 2, 1),
    joined('cal', 3, 2),
    said('bob', 4, 3),
    said('bob', 5, 4),
  ]
  const rows = rowsOf(timeline, { ...options, readUpTo: 1 })
  assert.deepEqual(shapeOf(rows), ['day', 'm1<>', 'm2<>', 'notice', 'unread', 'm4<', 'm5>'])
  assert.equal(unreadAfter(timeline, { ...options, readUpTo: 1 }), 2)
})

test('without anything unread there is no line', () => {
  assert.deepEqual(shapeOf(rowsOf([said('bob', 1, 0)], { ...options, readUpTo: 1 })), ['day', 'm1<>'])
})

test('[M4] what has expired is not shown, and a run closes up over it', () => {
  const timeline = [said('bob', 1, 0), said('bob', 2, 1, 50), said('bob', 3, 2)]
  assert.deepEqual(shapeOf(rowsOf(timeline, { ...options, now: 49 })), ['day', 'm1<', 'm2', 'm3>'])
  assert.deepEqual(shapeOf(rowsOf(timeline, { ...options, now: 50 })), ['day', 'm1<', 'm3>'])
  assert.equal(nextExpiry(timeline, 49), 50)
  assert.equal(nextExpiry(timeline, 50), null)
})

test('the newest own message that is stored is the one to edit', () => {
  const waiting: Shown = { ...said('ada', Number.POSITIVE_INFINITY, 9), state: 'waiting' }
  const timeline = [said('ada', 1, 0), said('ada', 2, 1), said('bob', 3, 2), waiting]
  assert.equal(lastOwn(timeline, 'ada', 0)?.id, 'm2')
  assert.equal(lastOwn(timeline, 'cal', 0), null)
})
