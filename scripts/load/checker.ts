/**
 * Finds messages that were lost, doubled or out of order, for every receiver and every message of one room. It knows
 * no socket. What keeps it cheap: the room's timeline is written down once, by whoever is first to hear of a rev, and
 * each receiver is followed as a position on it that must move on without holes.
 */

import type { Stamp } from './stamp.ts'

/** A message as it was delivered: the rev it was born at. */
export interface Mark extends Stamp {
  born: number
}

/** A sync as far as it matters here. */
export interface Delivery {
  from: number
  rev: number
  reset: boolean
  marks: readonly Mark[]
}

export interface Acked extends Stamp {
  rev: number
  /** It was refused at first and sent again, so it may come after later ones of its sender. */
  retried: boolean
}

/** What `audit` found; the first three must be 0. Numbers of messages, summed over receivers. */
export interface Verdict {
  lost: number
  doubled: number
  misordered: number
  /** Messages passed over by a fresh window, which the protocol allows to those who are far behind. */
  skipped: number
  /** What every receiver should have heard since it opened the room. */
  expected: number
}

export class Timeline {
  /** By `born`. A fresh room begins at rev 1, so there are few holes. */
  readonly #marks: (Stamp | undefined)[] = []
  #clashes = 0

  /** Two messages that claim the same rev. */
  get clashes(): number {
    return this.#clashes
  }

  /** The highest rev at which a message was born. */
  get end(): number {
    return this.#marks.length - 1
  }

  note(marks: readonly Mark[]): void {
    for (const { born, sender, seq } of marks) {
      const there = this.#marks[born]
      if (there === undefined) this.#marks[born] = { sender, seq }
      else if (there.sender !== sender || there.seq !== seq) this.#clashes++
    }
  }

  at(born: number): Stamp | undefined {
    return this.#marks[born]
  }

  /** How many messages were born up to each rev. */
  totals(): Uint32Array {
    const totals = new Uint32Array(this.#marks.length)
    for (let born = 1; born < totals.length; born++) {
      totals[born] = totals[born - 1]! + (this.#marks[born] === undefined ? 0 : 1)
    }
    return totals
  }
}

/** What became of a delivery: heard, nothing new, or a hole before it, after which the room must be opened again. */
export type Step = 'heard' | 'old' | 'gap'

export class Receiver {
  /** Stretches of the clock heard without a break, the last one still growing. */
  readonly stretches: { after: number; upTo: number }[] = []
  #received = 0
  #doubled = 0
  #misordered = 0
  /** Bounds of what fresh windows passed over. */
  readonly skips: { after: number; upTo: number; seen: number }[] = []

  get received(): number {
    return this.#received
  }
  get doubled(): number {
    return this.#doubled
  }
  get misordered(): number {
    return this.#misordered
  }
  /** Where it stands; -1 before the first window. */
  get rev(): number {
    return this.stretches.at(-1)?.upTo ?? -1
  }

  hear(delivery: Delivery): Step {
    if (delivery.reset) return this.#restart(delivery)
    const stretch = this.stretches.at(-1)
    if (stretch === undefined || delivery.rev <= stretch.upTo) {
      this.#doubled += delivery.marks.length
      return 'old'
    }
    if (delivery.from > stretch.upTo) return 'gap'
    let last = stretch.upTo
    for (const { born } of delivery.marks) {
      if (born <= stretch.upTo || born === last) this.#doubled++
      else {
        this.#received++
        if (born < last || born > delivery.rev) this.#misordered++
      }
      last = born
    }
    stretch.upTo = delivery.rev
    return 'heard'
  }

  /** A fresh window: what it holds is history, so counting begins behind it. */
  #restart({ rev, marks }: Delivery): Step {
    const before = this.stretches.at(-1)
    if (before !== undefined) {
      const seen = marks.filter((mark) => mark.born > before.upTo).length
      this.skips.push({ after: before.upTo, upTo: rev, seen })
    }
    this.stretches.push({ after: rev, upTo: rev })
    return 'heard'
  }
}

/** At the end: everybody should have come to the end of the timeline, and what was acked must stand where it was acked. */
export function audit(timeline: Timeline, receivers: readonly Receiver[], acked: readonly Acked[]): Verdict {
  const totals = timeline.totals()
  const upTo = (rev: number): number => totals[Math.min(rev, totals.length - 1)] ?? 0
  const retried = new Set(acked.filter((one) => one.retried).map((one) => `${one.sender} ${one.seq}`))
  const verdict: Verdict = { ...senders(timeline, retried), skipped: 0, expected: 0 }
  verdict.misordered += timeline.clashes
  for (const receiver of receivers) {
    let expected = 0
    receiver.stretches.forEach((stretch, n) => {
      const isLast = n === receiver.stretches.length - 1
      expected += upTo(isLast ? Math.max(timeline.end, stretch.upTo) : stretch.upTo) - upTo(stretch.after)
    })
    verdict.expected += expected
    verdict.lost += Math.max(0, expected - receiver.received)
    verdict.doubled += receiver.doubled
    verdict.misordered += receiver.misordered
    for (const skip of receiver.skips) {
      verdict.skipped += Math.max(0, upTo(skip.upTo) - upTo(skip.after) - skip.seen)
    }
  }
  for (const { rev, sender, seq } of acked) {
    const there = timeline.at(rev)
    if (there === undefined || there.sender !== sender || there.seq !== seq) verdict.lost++
  }
  return verdict
}

/** The same message at two revs, and messages of one sender in another order than they were sent. */
function senders(
  timeline: Timeline,
  retried: ReadonlySet<string>,
): { lost: number; doubled: number; misordered: number } {
  const found = { lost: 0, doubled: 0, misordered: 0 }
  const seen = new Map<number, { last: number; all: Set<number> }>()
  for (let born = 0; born <= timeline.end; born++) {
    const stamp = timeline.at(born)
    if (stamp === undefined) continue
    const sender = seen.get(stamp.sender) ?? { last: -1, all: new Set<number>() }
    seen.set(stamp.sender, sender)
    if (sender.all.has(stamp.seq)) found.doubled++
    sender.all.add(stamp.seq)
    if (retried.has(`${stamp.sender} ${stamp.seq}`)) continue
    if (stamp.seq < sender.last) found.misordered++
    sender.last = Math.max(sender.last, stamp.seq)
  }
  return found
}
