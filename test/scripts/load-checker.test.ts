/** The load test's checker is fed faults, and must find each of them. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Acked, Delivery, Mark } from '../../scripts/load/checker.ts'
import { audit, Receiver, Timeline } from '../../scripts/load/checker.ts'

const ada = 1
const bob = 2

const mark = (sender: number, seq: number, born: number): Mark => ({ sender, seq, born })
const sync = (from: number, rev: number, ...marks: Mark[]): Delivery => ({ from, rev, reset: false, marks })
const window = (rev: number, ...marks: Mark[]): Delivery => ({ from: 0, rev, reset: true, marks })
const ack = (sender: number, seq: number, rev: number): Acked => ({ sender, seq, rev, retried: false })

/** Everybody opens the room at rev 5 and hears what is theirs. */
function judge(heard: Delivery[][], acked: Acked[] = []) {
  const timeline = new Timeline()
  const receivers = heard.map((deliveries) => {
    const receiver = new Receiver()
    for (const delivery of [window(5), ...deliveries]) {
      timeline.note(delivery.marks)
      receiver.hear(delivery)
    }
    return receiver
  })
  const { lost, doubled, misordered, skipped, expected } = audit(timeline, receivers, acked)
  return { lost, doubled, misordered, skipped, expected }
}

const well = { lost: 0, doubled: 0, misordered: 0, skipped: 0 }

describe('the checker of the load test', () => {
  it('finds nothing where everybody hears everything once and in order', () => {
    const all = [sync(5, 6, mark(ada, 0, 6)), sync(6, 8, mark(bob, 0, 7), mark(ada, 1, 8))]
    const verdict = judge([all, all], [ack(ada, 0, 6), ack(bob, 0, 7), ack(ada, 1, 8)])
    assert.deepEqual(verdict, { ...well, expected: 6 })
  })

  it('finds nothing where the same revs come cut differently', () => {
    const oneByOne = [sync(5, 6, mark(ada, 0, 6)), sync(6, 7, mark(bob, 0, 7))]
    const together = [sync(5, 7, mark(ada, 0, 6), mark(bob, 0, 7))]
    assert.deepEqual(judge([oneByOne, together]), { ...well, expected: 4 })
  })

  it('finds a message missing at the end', () => {
    const all = [sync(5, 6, mark(ada, 0, 6)), sync(6, 7, mark(ada, 1, 7))]
    assert.equal(judge([all, all.slice(0, 1)]).lost, 1)
  })

  it('finds a message missing in the middle of a frame', () => {
    const all = [sync(5, 8, mark(ada, 0, 6), mark(bob, 0, 7), mark(ada, 1, 8))]
    const holed = [sync(5, 8, mark(ada, 0, 6), mark(ada, 1, 8))]
    assert.equal(judge([all, holed]).lost, 1)
  })

  it('finds a frame left out, and says so at once', () => {
    const receiver = new Receiver()
    receiver.hear(window(5))
    assert.equal(receiver.hear(sync(6, 7, mark(ada, 1, 7))), 'gap')
    assert.equal(receiver.rev, 5)
  })

  it('does not hold a gap against who heals it', () => {
    const all = [sync(5, 6, mark(ada, 0, 6)), sync(6, 7, mark(ada, 1, 7))]
    const healed = [all[1]!, ...all]
    assert.deepEqual(judge([all, healed]), { ...well, expected: 4 })
  })

  it('finds a message that was acknowledged and that nobody got', () => {
    const all = [sync(5, 6, mark(ada, 0, 6))]
    assert.equal(judge([all], [ack(ada, 0, 6), ack(ada, 1, 7)]).lost, 1)
  })

  it('finds a message acknowledged at another rev than it was delivered at', () => {
    assert.equal(judge([[sync(5, 6, mark(ada, 0, 6))]], [ack(ada, 0, 7)]).lost, 1)
  })

  it('finds a frame that comes twice', () => {
    const once = sync(5, 6, mark(ada, 0, 6))
    assert.equal(judge([[once, once]]).doubled, 1)
  })

  it('finds a message twice in one frame', () => {
    assert.equal(judge([[sync(5, 6, mark(ada, 0, 6), mark(ada, 0, 6))]]).doubled, 1)
  })

  it('finds a message that the server stored under two revs', () => {
    assert.equal(judge([[sync(5, 7, mark(ada, 0, 6), mark(ada, 0, 7))]]).doubled, 1)
  })

  it('finds frames that overlap', () => {
    const overlapping = [sync(5, 6, mark(ada, 0, 6)), sync(5, 7, mark(ada, 0, 6), mark(ada, 1, 7))]
    const { lost, doubled } = judge([overlapping])
    assert.deepEqual({ lost, doubled }, { lost: 0, doubled: 1 })
  })

  it('finds two messages of one sender that changed places', () => {
    assert.equal(judge([[sync(5, 7, mark(ada, 1, 6), mark(ada, 0, 7))]]).misordered, 1)
  })

  it('lets a message that was refused and sent again come later', () => {
    const acked = [{ ...ack(ada, 0, 7), retried: true }, ack(ada, 1, 6)]
    assert.deepEqual(judge([[sync(5, 7, mark(ada, 1, 6), mark(ada, 0, 7))]], acked), { ...well, expected: 2 })
  })

  it('finds revs that do not rise within a frame', () => {
    assert.equal(judge([[sync(5, 7, mark(bob, 0, 7), mark(ada, 0, 6))]]).misordered, 1)
  })

  it('finds that two people are told different things about one rev', () => {
    assert.equal(judge([[sync(5, 6, mark(ada, 0, 6))], [sync(5, 6, mark(bob, 0, 6))]]).misordered, 1)
  })

  it('counts what a fresh window passes over, and does not call it lost', () => {
    const all = [6, 7, 8, 9].map((born, seq) => sync(born - 1, born, mark(ada, seq, born)))
    const leaps = [all[0]!, window(8, mark(ada, 2, 8)), all[3]!]
    assert.deepEqual(judge([all, leaps]), { ...well, skipped: 1, expected: 6 })
  })
})
