/** Nothing the store does in a room gets slower with the length of the room: every statement goes by an index. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch } from '../../src/engine/ports.ts'
import { firstTorn } from '../../src/store/opening.ts'
import { pack } from '../../src/store/pack.ts'
import { reads } from '../../src/store/reads.ts'
import { openWriter } from '../../src/store/start.ts'
import { writes } from '../../src/store/writes.ts'
import { batch, message, row } from '../support/store.ts'

/** These take all there is, which is what they are asked for: the rooms that vanish or are gone, the oldest jobs. */
const scansAllowed = [
  'SCAN rooms USING COVERING INDEX rooms_vanish',
  'SCAN rooms USING COVERING INDEX rooms_gone',
  'SCAN jobs',
  // After a crash; not one of their records is looked at but the last.
  'SCAN rooms',
]
/** The rows that a subquery yields, which are bounded. */
const isOfSubquery = (step: string) => /^SCAN \(subquery-\d+\)$/.test(step)

test('opening a room of a million messages reads no more than opening one of ten', () => {
  const db = openWriter(null, 'FULL')
  const write = (one: Batch) => writes.commit(db, pack(one))
  const session = { hash: 'h', user: 'ada', created: 1, seen: 1 }
  writes.addUser(db, { id: 'ada', created: 1 }, session)
  const rows = [message('m', 1, { expires: 9 }), row('room', 'r', 1), row('pin', 'm', 1, { on: 'm' })]
  write(batch('r', 0, { rows, members: [['ada', true]], wrote: ['ada'], jobs: ['{}'] }))
  write(batch('r', 1, { head: { kind: 'room', code: 'A', vanish: true }, members: [['ada', false]] }))
  write(batch('r', 2, { rows: [message('x', 3, { body: null })], members: [['ada', true]] }))
  reads.load(db, 'r', ['room'])
  reads.read(db, 'r', ['message/m'], ['m'])
  reads.window(db, 'r', ['room', 'pin'], 'ada', 50, 0)
  reads.timeline(db, 'r', null, 50, 0)
  reads.changes(db, 'r', 0, 50, 99, 0)
  // Far behind: the changed records are counted.
  reads.changes(db, 'r', 0, 50, 1, 0)
  reads.list(db, 'r', 'member', null, 50)
  reads.get(db, 'r', ['message/m'], 0)
  reads.summary(db, 'r', 0)
  reads.roomsOf(db, 'ada')
  reads.unread(db, 'r', 'ada', 0, 100, 0)
  reads.resolve(db, 'A')
  reads.expired(db, 9, 9)
  reads.vanishing(db)
  reads.jobs(db, 9)
  reads.session(db, 'h')
  reads.forgettable(db, 9, 9)
  writes.prune(db, 9_999)
  writes.touch(db, 'h', 2)
  writes.finish(db, [1])
  writes.endSession(db, 'h')
  writes.endSessionsOf(db, 'ada')
  writes.forget(db, 'ada')
  write(batch('r', 3, { erase: true }))
  writes.clear(db)
  writes.mark(db)
  assert.equal(firstTorn(db), null)

  const plans = db.plans()
  db.close()
  assert.ok(plans.length > 30)
  for (const { sql, steps } of plans) {
    for (const step of steps) {
      if (scansAllowed.includes(step) || isOfSubquery(step)) continue
      assert.doesNotMatch(step, /\bSCAN\b/, `${sql}\n${steps.join('\n')}`)
      assert.doesNotMatch(step, /TEMP B-TREE FOR (LAST TERM OF )?ORDER BY/, `${sql}\n${steps.join('\n')}`)
    }
  }
  const listing = plans.filter(({ sql }) => sql.includes('key > ?'))
  assert.equal(listing.length, 3)
  for (const { sql, steps } of listing)
    assert.deepEqual(steps, ['SEARCH records USING INDEX records_listed (room=? AND key>? AND key<?)'], sql)
  const timeline = plans.find(({ sql }) => sql.includes('born < ?'))
  assert.deepEqual(timeline?.steps, ['SEARCH records USING INDEX records_born (room=? AND born<?)'])
})

test('[R12] a room is torn that is behind its newest record, or behind one that changed', (t) => {
  const db = openWriter(null, 'FULL')
  t.after(() => db.close())
  const write = (one: Batch) => writes.commit(db, pack(one))
  write(batch('whole', 0, { rows: [message('m', 1)] }))
  write(batch('r', 0, { rows: [message('old', 1)] }))
  write(batch('r', 1, { rows: [message('new', 2)] }))
  write(batch('r', 2, { rows: [message('old', 3, { born: 1, fresh: false })] }))
  assert.equal(firstTorn(db), null)
  db.run("UPDATE rooms SET rev = 2 WHERE id = 'r'")
  assert.equal(firstTorn(db), 'room r is behind its records')
  db.run("DELETE FROM records WHERE key = 'message/old'")
  assert.equal(firstTorn(db), null)
  db.run("UPDATE rooms SET rev = 1 WHERE id = 'r'")
  assert.equal(firstTorn(db), 'room r is behind its records')
})
