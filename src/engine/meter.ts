/** What the engine counts of its own work, in the shapes that Prometheus reads. It measures; it never decides. */

import type { Figure, Sample } from './ports.ts'

/** Values that fall into buckets; the bounds are upper ones, inclusive. */
export class Histogram {
  readonly #bounds: readonly number[]
  readonly #counts: number[]
  #sum = 0

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds
    this.#counts = new Array<number>(bounds.length + 1).fill(0)
  }

  observe(value: number): void {
    let bucket = 0
    while (bucket < this.#bounds.length && value > (this.#bounds[bucket] ?? 0)) bucket++
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#sum += value
  }

  samples(): Sample[] {
    let total = 0
    const buckets = this.#counts.map((count, n): Sample => {
      total += count
      return { suffix: '_bucket', labels: { le: String(this.#bounds[n] ?? '+Inf') }, value: total }
    })
    return [...buckets, { suffix: '_sum', value: this.#sum }, { suffix: '_count', value: total }]
  }
}

/** Seconds, from a tenth of a millisecond to ten. */
const seconds = [0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10]
const sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]

export class Meter {
  /** Commands of one batch. */
  readonly batch = new Histogram(sizes)
  /** From handing a batch to the store until it is on disk, s. */
  readonly commit = new Histogram(seconds)
  /** Writing to all connections that have something to hear, s. */
  readonly fanOut = new Histogram(seconds)
  /** Signals not sent to connections with too much unsent. */
  droppedSignals = 0
  /** Live frames not sent to connections that read too slowly, in bytes; they are caught up from the store. */
  droppedBytes = 0
  /** Rooms opened by how: `resumed` since a rev, or with a `fresh` window. */
  readonly opened = { resumed: 0, fresh: 0 }
  readonly #frames = new Map<string, Map<string, number>>()

  /** A frame was answered; `outcome` is `ok` or the code of the `no`. Names are those of the registry, or `unknown`. */
  frame(name: string, outcome: string): void {
    let outcomes = this.#frames.get(name)
    if (!outcomes) {
      outcomes = new Map()
      this.#frames.set(name, outcomes)
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }

  figures(): Figure[] {
    const counter = (name: string, help: string, samples: Sample[]): Figure => {
      return { name: `parlour_${name}`, help, kind: 'counter', samples }
    }
    const histogram = (name: string, help: string, values: Histogram): Figure => {
      return { name: `parlour_${name}`, help, kind: 'histogram', samples: values.samples() }
    }
    const opened = Object.entries(this.opened).map(([how, value]) => ({ labels: { how }, value }))
    return [
      counter('frames_total', 'Frames answered, by name and outcome', this.#frameSamples()),
      histogram('batch_commands', 'Commands in one batch of a room', this.batch),
      histogram('commit_seconds', 'From handing a batch to the store until it is on disk', this.commit),
      histogram('fanout_seconds', 'Writing what is due to all connections', this.fanOut),
      counter('opened_total', 'Rooms opened, resumed or with a fresh window', opened),
      counter('dropped_signals_total', 'Signals not sent to slow readers', [{ value: this.droppedSignals }]),
      counter('dropped_bytes_total', 'Live frames not sent to slow readers', [{ value: this.droppedBytes }]),
    ]
  }

  #frameSamples(): Sample[] {
    return [...this.#frames].flatMap(([frame, outcomes]) =>
      [...outcomes].map(([outcome, value]) => ({ labels: { frame, outcome }, value })),
    )
  }
}
