import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Commit } from '../../src/engine/ports.ts'
import { Trail } from '../../src/engine/trail.ts'
import type { WireRecord } from '../../src/state/records.ts'

const MOST = 100

/** Somebody writes; each message moves the room by one rev. */
function written(from: number, ...authors: string[]): Commit {
  const put = authors.map((by, n): WireRecord => {
    const born = from + 1 + n
    return { type: 'message', id: `m${born}`, by, at: 0, body: 'hi', edited: null, expires: null, born }
  })
  return { room: 'r', from, rev: from + authors.length, put, del: [] }
}

const reacted = (from: number): Commit => ({ room: 'r', from, rev: from + 1, put: [], del: [] })
const deleted = (from: number): Commit => ({
  room: 'r',
  from,
  rev: from + 1,
  put: [],
  del: [['message', 'm']],
})

function trailOf(from: number, ...commits: ((from: number) => Commit)[]): Trail {
  const trail = new Trail(from)
  for (const commit of commits) trail.add(commit(trail.rev))
  return trail
}

function followed(trail: Trail, count: number, rev: number, user = 'eve', most = MOST) {
  const own = { count, rev }
  trail.follow(own, user, most)
  return own
}

test('[M20] a count follows what was written since, but for one’s own messages', () => {
  const trail = trailOf(
    10,
    (from) => written(from, 'ada', 'bob', 'ada'),
    (from) => reacted(from),
    (from) => written(from, 'bob'),
  )
  assert.deepEqual(followed(trail, 2, 10), { count: 6, rev: 15 })
  assert.deepEqual(followed(trail, 2, 10, 'ada'), { count: 4, rev: 15 })
  assert.deepEqual(followed(trail, 0, 10, 'bob'), { count: 2, rev: 15 })
})

test('[M20] a count of the middle of a trail follows from there, and one of its end stays', () => {
  const trail = trailOf(
    0,
    (from) => written(from, 'ada', 'ada'),
    (from) => reacted(from),
    (from) => reacted(from),
    (from) => written(from, 'ada'),
  )
  assert.deepEqual(followed(trail, 1, 2), { count: 2, rev: 5 })
  assert.deepEqual(followed(trail, 1, 3), { count: 2, rev: 5 })
  assert.deepEqual(followed(trail, 1, 5), { count: 1, rev: 5 })
  assert.deepEqual(followed(trail, 1, 7), { count: 1, rev: 7 })
})

test('[M20] a count of before the trail must be counted, and one that must be counted stays so', () => {
  const trail = trailOf(10, (from) => written(from, 'ada'))
  assert.equal(followed(trail, 3, 9).rev, -1)
  assert.equal(followed(trail, 3, -1).rev, -1)
})

test('[M20] a count of within a batch must be counted: nobody knows how much of it was in it', () => {
  const trail = trailOf(0, (from) => written(from, 'ada', 'ada', 'ada'))
  assert.equal(followed(trail, 1, 1).rev, -1)
})

test('[M20] what counted and is gone leaves only those sure who had read everything', () => {
  const trail = trailOf(
    0,
    (from) => deleted(from),
    (from) => written(from, 'ada'),
  )
  assert.deepEqual(followed(trail, 0, 0), { count: 1, rev: 2 })
  assert.equal(followed(trail, 1, 0).rev, -1)
})

test('[M20] a count stops where counting stops', () => {
  const trail = trailOf(0, (from) => written(from, 'ada', 'ada', 'ada'))
  assert.deepEqual(followed(trail, 1, 0, 'eve', 2), { count: 2, rev: 3 })
})

test('a trail is long after eight commits that counted, however many others there were', () => {
  const trail = trailOf(0, ...Array.from({ length: 20 }, () => reacted))
  assert.equal(trail.isLong, false)
  for (let n = 0; n < 7; n++) trail.add(written(trail.rev, 'ada'))
  assert.equal(trail.isLong, false)
  trail.add(written(trail.rev, 'ada'))
  assert.equal(trail.isLong, true)
})
