/** The small parts of the load test: durations, stamps, flags, frames, the table. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { FrameReader } from '../../scripts/load/frames.ts'
import { Histogram } from '../../scripts/load/histogram.ts'
import { lineOf } from '../../scripts/load/live.ts'
import { readOptions } from '../../scripts/load/options.ts'
import { picture } from '../../scripts/load/picture.ts'
import { readStamp, writeStamp } from '../../scripts/load/stamp.ts'

describe('the histogram', () => {
  it('is right to 4 % over the whole range', () => {
    for (const ms of [0.001, 0.02, 0.5, 1, 3.3, 47, 999, 123_456]) {
      const histogram = new Histogram()
      // One far longer, so that the answer is a bucket and not the maximum.
      for (let n = 0; n < 99; n++) histogram.record(ms)
      histogram.record(1_000_000)
      const found = histogram.quantile(0.5) ?? 0
      assert.ok(Math.abs(found - ms) <= ms * 0.04 + 0.001, `${ms} came out as ${found}`)
    }
  })

  it('puts quantiles where they belong', () => {
    const histogram = new Histogram()
    for (let ms = 1; ms <= 1000; ms++) histogram.record(ms)
    assert.ok(Math.abs((histogram.quantile(0.5) ?? 0) - 500) < 20)
    assert.ok(Math.abs((histogram.quantile(0.99) ?? 0) - 990) < 40)
    assert.equal(histogram.quantile(1), 1000)
  })

  it('has no answer before the first duration and none after being cleared', () => {
    const histogram = new Histogram()
    assert.equal(histogram.quantile(0.5), null)
    histogram.record(5)
    histogram.clear()
    assert.deepEqual([histogram.quantile(0.5), histogram.total, histogram.max], [null, 0, 0])
  })
})

describe('the stamp of a test message', () => {
  it('is read back from a body of the size wanted', () => {
    const body = writeStamp('run-1234', { sender: 49_999, seq: 123_456_789 }, 100)
    assert.equal(body.length, 100)
    assert.deepEqual(readStamp('run-1234', body), { sender: 49_999, seq: 123_456_789 })
  })

  it('is not found in what other people write', () => {
    for (const body of [
      '',
      'hello',
      'load other 1 2 x',
      'load run-1234 -1 2 x',
      'load run-1234 1',
      'load run-1234 1 2e3 x',
    ]) {
      assert.equal(readStamp('run-1234', body), null, body)
    }
  })
})

describe('the flags of the load test', () => {
  it('have the defaults that the help names', () => {
    const read = readOptions([])
    assert.equal(read.kind, 'run')
    if (read.kind === 'run') {
      const { clients, rooms, rate, inFlight, seconds } = read.options
      assert.deepEqual(
        { clients, rooms, rate, inFlight, seconds },
        { clients: 1000, rooms: 1, rate: 50, inFlight: null, seconds: 30 },
      )
    }
  })

  const wrong: [args: string[], why: RegExp][] = [
    [['--clients', 'many'], /--clients wants a number from 1 to 50000, not “many”/],
    [['--clients', '1.5'], /--clients wants a whole number/],
    [['--seconds', ''], /--seconds wants a number/],
    [['--rooms', '5', '--clients', '4'], /--rooms must not be more/],
    [['--rate', '5', '--in-flight', '4'], /exclude each other/],
    [['--url', 'ftp://x'], /--url wants an address/],
    [['--size', '3'], /--size wants a number from 40/],
    [['--speed', '3'], /Unknown option '--speed'/],
    [['stray'], /stray/],
  ]
  for (const [args, why] of wrong) {
    it(`refuse ${args.join(' ')} in one line`, () => {
      const read = readOptions(args)
      assert.equal(read.kind, 'wrong')
      if (read.kind === 'wrong') {
        assert.match(read.why, why)
        assert.ok(!read.why.includes('\n'))
      }
    })
  }
})

describe('the reader of frames', () => {
  const sync = (from: number): Buffer =>
    Buffer.from(JSON.stringify({ t: 'sync', room: 'r', from, rev: from + 1, put: [], del: [] }))

  it('parses a frame once, however many receive it', () => {
    const reader = new FrameReader()
    const first = reader.read(sync(5), 5)
    for (let n = 0; n < 10; n++) assert.equal(reader.read(sync(5), 5), first)
    assert.equal(reader.parsed, 1)
  })

  it('parses anew what differs in a single byte', () => {
    const reader = new FrameReader()
    const first = reader.read(sync(5), 5)
    assert.notEqual(reader.read(Buffer.from(sync(5).toString().replace('"r"', '"s"')), 5), first)
  })

  it('still knows frames that slower receivers get later', () => {
    const reader = new FrameReader()
    for (let rev = 0; rev < 100; rev++) reader.read(sync(rev), rev)
    for (let rev = 0; rev < 100; rev++) reader.read(sync(rev), rev)
    assert.equal(reader.parsed, 100)
  })

  it('throws on what no server of ours sends', () => {
    for (const text of ['', 'null', '[]', '{"t":"surprise"}', '{"t":"sync","room":1}']) {
      assert.throws(() => new FrameReader().read(Buffer.from(text), 0), Error, text)
    }
  })
})

describe('what the load test shows', () => {
  const second = {
    at: 3,
    connections: 1000,
    sent: 150,
    delivered: 150_000,
    p50: 2.34,
    p99: 11,
    errors: 0,
    cpu: 12.3,
    rss: 2 ** 27,
  }

  it('is one line a second', () => {
    assert.equal(
      lineOf(second),
      '     3 s · 1,000 connected · 150 sent · 150,000 delivered · p50 2.3 ms · p99 11 ms · 0 errors · CPU 12 % · 128 MiB',
    )
  })

  it('leaves out the server when nothing is known of it', () => {
    assert.ok(!lineOf({ ...second, cpu: null, rss: null }).includes('CPU'))
  })

  it('draws a line through every second, also when there is only one or none', () => {
    for (const seconds of [[], [second], [second, { ...second, at: 4 }]]) {
      const svg = picture(seconds, '2 < 3 & so on')
      assert.ok(svg.includes('2 &lt; 3 &amp; so on') && !svg.includes('NaN') && !svg.includes('Infinity'))
    }
  })
})
