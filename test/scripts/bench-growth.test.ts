/** How growth is summed up, told in tables, and drawn. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Point, Series } from '../../scripts/bench/growth.ts'
import { add } from '../../scripts/bench/growth.ts'
import { growthPicture, powers } from '../../scripts/bench/growth-picture.ts'
import { growthSection } from '../../scripts/bench/growth-section.ts'
import type { Outcome } from '../../scripts/bench/job.ts'

function outcome(messages: number, more: Partial<Outcome> = {}): Outcome {
  const cost = { seconds: 2, serverCpu: 1, generatorCpu: 1, othersCpu: 0, rssBefore: 0, rss: 5e6 }
  return {
    ...cost,
    perFrame: null,
    p50: null,
    p99: null,
    messages,
    deliveries: 3 * messages,
    faults: {},
    ...more,
  }
}

function point(size: number, rate: number, more: Partial<Point> = {}): Point {
  const messages = { low: rate, middle: rate, high: rate }
  return { size, messages, deliveries: rate, cpu: 20, rss: 1e8, disk: null, ready: null, ...more }
}

describe('a point of growth', () => {
  it('is the middle of its rounds, with what went wrong beside it', () => {
    const series: Series = { of: 'members', points: [], notes: [] }
    const rounds = [outcome(1000), outcome(4000), outcome(2000, { rss: 9e6, faults: { gaps: 1, resets: 0 } })]
    add(series, 10, rounds, { disk: null, ready: null })
    assert.deepEqual(series, {
      of: 'members',
      points: [
        {
          size: 10,
          messages: { low: 500, middle: 1000, high: 2000 },
          deliveries: 3000,
          cpu: 500,
          rss: 5e6,
          disk: null,
          ready: null,
        },
      ],
      notes: ['members, 10: 1 gaps'],
    })
  })
})

describe('the section on growth', () => {
  const history = [point(10, 100, { disk: 4e6, ready: 120.4 }), point(1e7, 50, { disk: 5e9, ready: 300 })]
  const text = growthSection([
    { of: 'members', points: [point(10, 1234)], notes: [] },
    { of: 'history', points: history, notes: ['stopped early'] },
  ])

  it('has a table for each series, with the columns that it needs', () => {
    assert.match(
      text,
      /\| members of one room \| messages a second \| deliveries a second \| .* \| memory \|\n/,
    )
    assert.match(text, /\| 10 +\| 1,234 +\| 1,234 +\| 20 µs +\| 100 MB \|/)
    assert.match(text, /\| messages before \| messages a second \| server CPU for one \| memory \| on disk /)
    assert.match(text, /\| 10,000,000 +\| 50 +\| 20 µs +\| 100 MB \| 5000 MB \| 300 ms/)
  })

  it('ends with what went wrong', () => {
    assert.ok(text.endsWith('\n\n- stopped early'))
  })
})

describe('the picture of growth', () => {
  const series: Series[] = [
    { of: 'members', points: [point(10, 1000), point(1000, 100)], notes: [] },
    { of: 'rooms', points: [point(1, 1000)], notes: [] },
  ]
  const svg = growthPicture(series, 'Growth')

  it('has a panel for each series and measure, and a dot for each point', () => {
    assert.equal(svg.match(/<polyline/g)?.length, 4)
    assert.equal(svg.match(/<circle/g)?.length, 6)
    assert.match(svg, />messages a second, by members</)
    assert.match(svg, />memory, by rooms</)
  })

  it('puts the ends of an axis where they belong', () => {
    // 10 of 10…1,000 is on the left, 1,000 a second of 100…1,000 at the top.
    assert.match(svg, /points="0\.0,0\.0 260\.0,170\.0"/)
  })

  it('holds no number that is none', () => {
    assert.doesNotMatch(svg, /NaN|Infinity|undefined/)
  })

  it('spans whole powers of ten, at least one', () => {
    assert.deepEqual(powers([30, 400]), { low: 1, high: 3 })
    assert.deepEqual(powers([100]), { low: 2, high: 3 })
  })
})
