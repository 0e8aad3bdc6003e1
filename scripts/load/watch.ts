/** Looks at the run once a second and tells what it sees. It changes nothing. */

import type { Member } from './member.ts'
import type { Cost } from './process.ts'
import { costOf } from './process.ts'
import type { Second, Tally } from './tally.ts'

export class Watch {
  readonly seconds: Second[] = []
  readonly #tally: Tally
  readonly #members: readonly Member[]
  readonly #pid: number | null
  readonly #tell: (second: Second) => void
  readonly #timer: NodeJS.Timeout
  #start: number | null = null
  #last: { at: number; cost: Cost | null }

  constructor(tally: Tally, members: readonly Member[], pid: number | null, tell: (second: Second) => void) {
    this.#tally = tally
    this.#members = members
    this.#pid = pid
    this.#tell = tell
    this.#last = { at: performance.now(), cost: pid === null ? null : costOf(pid) }
    this.#timer = setInterval(() => this.#look(), 1000)
  }

  /** Sending begins. */
  begin(): void {
    this.#start = performance.now()
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #look(): void {
    const now = performance.now()
    const cost = this.#pid === null ? null : costOf(this.#pid)
    const spent = between(this.#last.cost, cost)
    for (const { client } of this.#members) client.expire(now)
    const second: Second = {
      at: this.#start === null ? -1 : Math.round((now - this.#start) / 1000),
      connections: this.#members.filter((member) => member.client.isOpen).length,
      sent: this.#tally.sent,
      delivered: this.#tally.delivered,
      ...this.#tally.takeLatency(),
      errors: this.#tally.errorCount,
      cpu: spent === null ? null : (spent.cpu / (now - this.#last.at)) * 100_000,
      rss: cost?.rss ?? null,
    }
    this.#last = { at: now, cost }
    this.seconds.push(second)
    this.#tell(second)
  }
}

/** CPU spent between two looks, and memory at the second. */
export function between(before: Cost | null, after: Cost | null): Cost | null {
  return before === null || after === null ? null : { cpu: after.cpu - before.cpu, rss: after.rss }
}
