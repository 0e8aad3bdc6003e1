import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Shown } from '../../client/api.ts'
import { beyond, lowered, newest, raised, within } from '../../client/ui/span.ts'

const MOST = 10

function timelineOf(from: number, to: number, waiting = 0): Shown[] {
  const shown: Shown[] = []
  for (let born = from; born <= to; born++) shown.push(entry(`m${born}`, born))
  for (let i = 0; i < waiting; i++) shown.push(entry(`w${i}`, Number.POSITIVE_INFINITY))
  return shown
}
function entry(id: string, born: number): Shown {
  const record = {
    type: 'message',
    id,
    by: 'ada',
    at: 0,
    body: '',
    edited: null,
    expires: null,
    born,
  } as const
  return { record, state: born === Number.POSITIVE_INFINITY ? 'waiting' : 'stored', pending: null }
}
const ends = (shown: readonly Shown[]) => [shown[0]?.record.id, shown.at(-1)?.record.id, shown.length]

test('at the newest, the newest stay and the oldest make room', () => {
  assert.deepEqual(ends(within(timelineOf(1, 25), newest, MOST)), ['m16', 'm25', 10])
  assert.deepEqual(ends(within(timelineOf(1, 5), newest, MOST)), ['m1', 'm5', 5])
})

test('going up shows older ones and never more than fit', () => {
  const timeline = timelineOf(1, 25)
  const up = raised(timeline, newest, 4, MOST)
  assert.deepEqual(ends(within(timeline, up, MOST)), ['m12', 'm21', 10])
  assert.deepEqual(beyond(timeline, up, MOST), { above: 11, below: 4 })
})

test('going down again ends at the newest, and follows it from then on', () => {
  const up = raised(timelineOf(1, 25), newest, 4, MOST)
  const down = lowered(timelineOf(1, 27), up, 10, MOST)
  assert.equal(down.to, null)
  assert.deepEqual(ends(within(timelineOf(1, 30), down, MOST)), ['m21', 'm30', 10])
})

test('while somebody reads above, new ones do not move what is on the screen', () => {
  const up = raised(timelineOf(1, 25), newest, 4, MOST)
  assert.deepEqual(ends(within(timelineOf(1, 40), up, MOST)), ['m12', 'm21', 10])
})

test('an older page does not move what is on the screen either', () => {
  const up = raised(timelineOf(10, 25), newest, 4, MOST)
  assert.deepEqual(ends(within(timelineOf(10, 25), up, MOST)), ends(within(timelineOf(1, 25), up, MOST)))
})

test('messages on their way are the newest of all', () => {
  assert.deepEqual(ends(within(timelineOf(1, 25, 2), newest, MOST)), ['m18', 'w1', 10])
  const up = raised(timelineOf(1, 25, 2), newest, 4, MOST)
  assert.equal(ends(within(timelineOf(1, 25, 2), up, MOST))[1], 'm23')
})

test('a walk up to the oldest and down to the newest leaves nothing out', () => {
  const timeline = timelineOf(1, 100)
  const seen = new Set<string>()
  const look = (span: typeof newest) => {
    for (const { record } of within(timeline, span, MOST)) seen.add(record.id)
  }
  let span = newest
  for (look(span); beyond(timeline, span, MOST).above > 0; look(span)) span = raised(timeline, span, 3, MOST)
  assert.equal(seen.size, 100)
  seen.clear()
  for (look(span); span.to !== null; look(span)) span = lowered(timeline, span, 3, MOST)
  assert.equal(seen.size, 100)
})
