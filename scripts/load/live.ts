/** The line that a person watches while the test runs: one that is rewritten on a terminal, one a second elsewhere. */

import type { Second } from './tally.ts'

export class LiveLine {
  readonly #out: NodeJS.WriteStream
  #isShown = false

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
  }

  show(second: Second): void {
    const line = lineOf(second)
    if (!this.#out.isTTY) this.#out.write(`${line}\n`)
    else {
      this.#out.write(`\r${line.slice(0, this.#out.columns - 1)}\u001b[K`)
      this.#isShown = true
    }
  }

  /** Leaves the last line standing. */
  end(): void {
    if (this.#isShown) this.#out.write('\n')
    this.#isShown = false
  }
}

export function lineOf(second: Second): string {
  const parts = [
    second.at < 0 ? 'arriving' : `${second.at} s`.padStart(8),
    `${count(second.connections)} connected`,
    `${count(second.sent)} sent`,
    `${count(second.delivered)} delivered`,
    `p50 ${ms(second.p50)}`,
    `p99 ${ms(second.p99)}`,
    `${second.errors} errors`,
  ]
  if (second.cpu !== null) parts.push(`CPU ${second.cpu.toFixed(0)} %`)
  if (second.rss !== null) parts.push(megabytes(second.rss))
  return parts.join(' · ')
}

export const count = (n: number): string => Math.round(n).toLocaleString('en')
export const ms = (n: number | null): string =>
  n === null ? '–' : `${n < 10 ? n.toFixed(1) : n.toFixed(0)} ms`
export const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(0)} MiB`
