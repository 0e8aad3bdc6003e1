/** What the bench makes of its rounds: medians, spreads, verdicts, and what the server says of itself. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Outcome } from '../../scripts/bench/job.ts'
import { loopBetween } from '../../scripts/bench/loop.ts'
import { median, Rounds, spread } from '../../scripts/bench/rounds.ts'
import { goals, timesWithin, troubles } from '../../scripts/bench/row.ts'

function outcome(messages: number, more: Partial<Outcome> = {}): Outcome {
  const cost = { seconds: 1, serverCpu: 1, generatorCpu: 1, othersCpu: 0, rssBefore: 0, rss: 0 }
  const none = { perFrame: null, p50: null, p99: null }
  return { ...cost, ...none, messages, deliveries: messages, faults: {}, ...more }
}

const round = (ours: number, bare: number, more: Partial<Outcome> = {}): Map<'ours' | 'bare', Outcome> =>
  new Map([
    ['ours', outcome(ours, more)],
    ['bare', outcome(bare)],
  ])
const messages = (one: Outcome): number => one.messages

describe('the rounds of a contest', () => {
  it('are compared each by itself, so that a slow hour does not count against one side', () => {
    const rounds = new Rounds([round(200, 100), round(20, 10), round(90, 30)])
    assert.deepEqual(rounds.ratio('ours', 'bare', messages), { low: 2, middle: 2, high: 3 })
    assert.deepEqual(rounds.difference('ours', 'bare', messages), { low: 10, middle: 60, high: 100 })
    assert.equal(rounds.median('ours', messages).messages, 90)
  })

  it('count when no other program was at work, if there are such', () => {
    const busy = { othersCpu: 0.5 }
    const rounds = new Rounds([round(1, 1, busy), round(4, 2)])
    assert.deepEqual(rounds.ratio('ours', 'bare', messages), { low: 2, middle: 2, high: 2 })
    assert.deepEqual(troubles(rounds), [])
  })

  it('count all, and say so, when every one was disturbed', () => {
    const rounds = new Rounds([round(1, 1, { othersCpu: 0.5 })])
    assert.deepEqual(troubles(rounds), ['Other programs were at work during 1 of the 1 rounds used.'])
  })

  it('tell what went wrong and with whom', () => {
    const rounds = new Rounds([round(1, 1, { faults: { gaps: 3, resets: 0 } })])
    assert.deepEqual(troubles(rounds), ['Parlour: 3 gaps'])
  })

  it('hold nothing of a server that took no part', () => {
    assert.throws(() => new Rounds([round(1, 1)]).all('net'), /net took no part/)
  })
})

describe('the middle of several figures', () => {
  it('is the lower one of an even number, and nothing of nothing', () => {
    const self = (one: number): number => one
    assert.equal(median([5, 1, 9], self), 5)
    assert.equal(median([4, 1, 9, 5], self), 4)
    assert.throws(() => median([], self))
  })

  it('stands between the lowest and the highest', () => {
    assert.deepEqual(spread([3, 1, 2]), { low: 1, middle: 2, high: 3 })
    assert.equal(timesWithin({ low: 21.2, middle: 23, high: 26.4 }), '23 × (21–26)')
    assert.equal(timesWithin({ low: 2, middle: 2, high: 2 }), '2.00 ×')
  })
})

describe('what is wanted', () => {
  const first = [
    ['≥', 40],
    ['≥', 60],
  ] as const
  const at = (middle: number): ReturnType<typeof goals> => goals({ low: 0, middle, high: 100 }, first)

  it('is judged by the middle, each goal by itself', () => {
    assert.deepEqual(at(50), { wanted: '≥ 40 ×, ≥ 60 ×', isReached: false, mark: 'reached, missed' })
    assert.deepEqual(at(60), { wanted: '≥ 40 ×, ≥ 60 ×', isReached: true })
    assert.deepEqual(at(39), { wanted: '≥ 40 ×, ≥ 60 ×', isReached: false })
  })

  it('may be at most so much', () => {
    assert.equal(goals({ low: 1, middle: 1.2, high: 2 }, [['≤', 1.2]]).isReached, true)
    assert.equal(goals({ low: 1, middle: 1.3, high: 2 }, [['≤', 1.2]]).isReached, false)
    assert.equal(goals({ low: 1, middle: Number.NaN, high: 2 }, [['≤', 1.2]]).isReached, false)
  })
})

describe('the delay of the loop', () => {
  const text = (p99: number, sum: number, writes: number): string =>
    `# TYPE parlour_loop_delay_seconds gauge
parlour_loop_delay_seconds{quantile="0.5"} 0.0001
parlour_loop_delay_seconds{quantile="0.99"} ${p99}
parlour_fanout_seconds_sum ${sum}
parlour_fanout_seconds_count ${writes}
`

  it('is that since the last look; the writes are those in between', () => {
    assert.deepEqual(loopBetween(text(9, 1, 100), text(0.0125, 1.5, 200)), { p99: 12.5, fanOut: 5 })
    assert.deepEqual(loopBetween(text(9, 1, 100), text(0.0125, 1, 100)), { p99: 12.5, fanOut: 0 })
  })

  it('is unknown where the server does not tell', () => {
    assert.equal(loopBetween('', ''), null)
  })
})
