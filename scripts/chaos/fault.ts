/** The kinds of fault that a history can show, and a list of them that cannot grow without end. */

/** What each kind means, for a person. */
export const faultKinds = {
  lost: 'acknowledged, but not in the final history',
  undone: 'an acknowledged edit or deletion that did not last',
  doubled: 'the same message or the same sync twice',
  phantom: 'seen, but never sent like this, or refused',
  divergent: 'two saw different things in the same place',
  disordered: 'came in another order than the room’s',
  hole: 'a reader was told everything up to a rev, but something was missing',
  'wrong rev': 'an `ok` named another rev than the message was born at',
  inverted: 'a sender’s messages stand in another order than they were sent',
  stale: 'read after its `ok`, but not there',
  leaked: 'told to somebody who was not in the room',
} as const

export type FaultKind = keyof typeof faultKinds

export interface Fault {
  kind: FaultKind
  what: string
}

/** Examples kept of each kind. */
const MOST = 20

export class Faults {
  readonly counts = new Map<FaultKind, number>()
  readonly examples: Fault[] = []

  add(kind: FaultKind, what: string): void {
    const count = (this.counts.get(kind) ?? 0) + 1
    this.counts.set(kind, count)
    if (count <= MOST) this.examples.push({ kind, what })
  }

  /** Those of another history, too. */
  absorb(others: Faults): void {
    for (const { kind, what } of others.examples) this.add(kind, what)
    for (const [kind, count] of others.counts) {
      const shown = Math.min(count, MOST)
      if (count > shown) this.counts.set(kind, (this.counts.get(kind) ?? 0) + count - shown)
    }
  }

  /** `lost: 3, hole: 1`; empty when there are none. */
  get summary(): string {
    return [...this.counts].map(([kind, count]) => `${kind}: ${count}`).join(', ')
  }
}
