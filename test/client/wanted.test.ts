import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { Wanted } from '../../client/wanted.ts'

/** A server that has these and sends two at a time. */
function twoAtATime(has: readonly string[]) {
  const asked: string[][] = []
  const wanted = new Wanted(async (ids) => {
    asked.push(ids)
    const there = ids.filter((id) => has.includes(id))
    return { records: there.slice(0, 2).map((id) => ({ id })), more: there.length > 2 }
  })
  return { asked, wanted }
}

test('what did not fit into an answer is asked for again, until all is there', async () => {
  const { asked, wanted } = twoAtATime(['a', 'b', 'c', 'd', 'e'])
  for (const id of ['none', 'a', 'b', 'c', 'd', 'e']) wanted.want(id)
  await setImmediate()
  assert.deepEqual(asked, [
    ['none', 'a', 'b', 'c', 'd', 'e'],
    ['none', 'c', 'd', 'e'],
    ['none', 'e'],
  ])
  wanted.want('none')
  await setImmediate()
  assert.equal(asked.length, 3, 'what is not there is asked for once')
})

test('an answer that brings nothing is the last, whatever it says', async () => {
  let asked = 0
  const wanted = new Wanted(async () => {
    asked++
    return { records: [], more: true }
  })
  wanted.want('a')
  await setImmediate()
  assert.equal(asked, 1)
})

test('what was refused may be wanted again, what had come before is not', async () => {
  const asked: string[][] = []
  const wanted = new Wanted(async (ids) => {
    asked.push(ids)
    if (asked.length === 2) throw new Error('lost')
    return { records: [{ id: 'a' }], more: true }
  })
  for (const id of ['a', 'b']) wanted.want(id)
  await setImmediate()
  for (const id of ['a', 'b']) wanted.want(id)
  await setImmediate()
  assert.deepEqual(asked, [['a', 'b'], ['b'], ['b']])
})
