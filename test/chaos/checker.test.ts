/** The history checker is fed every fault there is, and must report exactly that one. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { check } from '../../scripts/chaos/checker.ts'
import type { FaultKind } from '../../scripts/chaos/fault.ts'
import type { Operation, Reading, Seen } from '../../scripts/chaos/history.ts'
import { History } from '../../scripts/chaos/history.ts'

/** A room of ada and bob, in which ada’s messages m1, m2 … are acknowledged at 1, 2 …; bob listens. */
class Story {
  readonly history = new History()
  readonly sends: Operation[] = []

  constructor(messages = 3) {
    this.history.enter('ada', 'r')
    this.history.enter('bob', 'r')
    for (let n = 1; n <= messages; n += 1) this.sends.push(this.send(n, n))
  }

  /** `rev`: of the `ok`; `null`: refused; absent: no answer. */
  send(n: number, rev?: number | null): Operation {
    const wanted = { what: 'send', who: 'ada', ear: 'ada-1', room: 'r', id: `m${n}` } as const
    const operation = this.history.begin(wanted, `text ${n}`)
    if (rev !== undefined) this.history.end(operation, rev)
    return operation
  }

  change(what: 'edit' | 'delete', n: number, rev?: number): void {
    const body = what === 'edit' ? `edited ${n}` : null
    const operation = this.history.begin({ what, who: 'ada', ear: 'ada-1', room: 'r', id: `m${n}` }, body)
    if (rev !== undefined) this.history.end(operation, rev)
  }

  message(n: number, born = n, body = `text ${n}`, by = 'ada'): Seen {
    return this.history.see({ id: `m${n}`, born, body, by, edited: body.startsWith('edited') ? 1 : null })
  }

  read(reading: Partial<Reading> & Pick<Reading, 'how' | 'from' | 'rev' | 'seen'>): void {
    const now = this.history.now()
    const who = { ear: 'bob-1', session: 1, person: 'bob', room: 'r' }
    this.history.read({ ...who, begun: now, at: now, isReset: false, gone: [], ...reading })
  }

  live(n: number, ...seen: Seen[]): void {
    this.read({ how: 'live', from: n - 1, rev: n, seen: seen.length > 0 ? seen : [this.message(n)] })
  }

  /** The whole of it, as bob finds it in the end. */
  final(rev: number, ...seen: Seen[]): void {
    this.read({ how: 'history', from: 0, rev, seen, ear: 'bob-2' })
  }

  all(...numbers: number[]): Seen[] {
    return numbers.map((n) => this.message(n))
  }
}

function faultsOf({ history }: Story): [FaultKind, number][] {
  return [...check(history).counts]
}

/** Three messages, heard one by one and found in the end. */
function wellStory(): Story {
  const story = new Story()
  for (const n of [1, 2, 3]) story.live(n)
  story.final(3, ...story.all(1, 2, 3))
  return story
}

describe('the history checker', () => {
  it('finds nothing where all went well', () => {
    assert.deepEqual(faultsOf(wellStory()), [])
  })

  it('finds nothing where an unanswered message is there, and another is not', () => {
    const story = new Story(2)
    story.send(3)
    story.send(4)
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [])
  })

  it('finds nothing where a reader resumes in pieces, or begins anew', () => {
    const story = new Story()
    story.live(1)
    story.read({ how: 'resumed', session: 2, from: 1, rev: 3, seen: story.all(2, 3) })
    const whole = { from: 0, rev: 3, isReset: true, seen: story.all(1, 2, 3) }
    story.read({ how: 'resumed', session: 3, ...whole })
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [])
  })

  it('finds nothing where messages are edited and deleted', () => {
    const story = new Story()
    story.change('edit', 1, 4)
    story.change('delete', 2, 5)
    story.change('delete', 3)
    for (const n of [1, 2, 3]) story.live(n)
    story.live(4, story.message(1, 1, 'edited 1'))
    story.read({ how: 'live', from: 4, rev: 5, seen: [], gone: ['m2'] })
    story.final(5, story.message(1, 1, 'edited 1'), story.message(3))
    assert.deepEqual(faultsOf(story), [])
  })

  it('finds an acknowledged message that is lost', () => {
    const story = new Story()
    story.final(2, ...story.all(1, 2))
    assert.deepEqual(faultsOf(story), [['lost', 1]])
  })

  it('finds an edit and a deletion that did not last', () => {
    const story = new Story()
    story.change('edit', 1, 4)
    story.change('delete', 2, 5)
    story.final(5, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['undone', 2]])
  })

  it('finds a message that stands there twice', () => {
    const story = new Story(2)
    story.history.begin({ what: 'send', who: 'ada', ear: 'ada-1', room: 'r', id: 'm3' }, 'text 2')
    story.final(3, ...story.all(1, 2), story.message(3, 3, 'text 2'))
    assert.deepEqual(faultsOf(story), [['doubled', 1]])
  })

  it('finds a message that is born twice', () => {
    const story = new Story(2)
    story.live(1)
    story.live(2)
    story.read({ how: 'live', from: 2, rev: 3, seen: [story.message(2, 3)] })
    story.final(3, ...story.all(1, 2))
    assert.deepEqual(faultsOf(story), [['doubled', 1]])
  })

  it('finds a sync that comes twice', () => {
    const story = new Story()
    for (const n of [1, 2, 2, 3]) story.live(n)
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['doubled', 1]])
  })

  it('finds what nobody sent, nobody wrote, another wrote, and what was refused', () => {
    const story = new Story()
    story.send(4, null)
    const strange = [story.message(9, 5), story.message(1, 1, 'other'), story.message(2, 2, 'text 2', 'eve')]
    story.read({ how: 'live', from: 0, rev: 5, seen: [...strange, story.message(4)] })
    const phantoms = check(story.history).examples.filter(({ kind }) => kind === 'phantom')
    assert.equal(phantoms.length, 4)
  })

  it('finds two messages in one place', () => {
    const story = new Story(1)
    story.send(2)
    story.send(3)
    story.live(1)
    story.live(2, story.message(2, 2))
    story.read({ how: 'live', ear: 'cal-1', person: 'bob', from: 0, rev: 2, isReset: true, seen: [] })
    story.read({ how: 'live', ear: 'cal-1', from: 2, rev: 3, seen: [story.message(3, 2)] })
    assert.deepEqual(faultsOf(story), [['divergent', 1]])
  })

  it('finds a reader who has another text in the end', () => {
    const story = new Story(1)
    story.change('edit', 1)
    story.live(1)
    story.read({ how: 'live', from: 1, rev: 2, seen: [] })
    story.final(2, story.message(1, 1, 'edited 1'))
    assert.deepEqual(faultsOf(story), [['divergent', 1]])
  })

  it('finds a sync that comes late', () => {
    const story = new Story()
    for (const n of [1, 3, 2]) story.live(n)
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['disordered', 1]])
  })

  it('finds messages out of order within a sync, and within the history', () => {
    const story = new Story()
    story.read({ how: 'live', from: 0, rev: 3, seen: story.all(1, 3, 2) })
    story.final(3, ...story.all(2, 1, 3))
    assert.deepEqual(faultsOf(story), [['disordered', 2]])
  })

  it('finds a sync that never comes', () => {
    const story = new Story()
    for (const n of [1, 3]) story.live(n)
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['hole', 1]])
  })

  it('finds a message that a sync left out', () => {
    const story = new Story()
    story.read({ how: 'resumed', from: 0, rev: 3, isReset: true, seen: story.all(1, 3) })
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['hole', 1]])
  })

  it('finds an `ok` with the wrong rev', () => {
    const story = new Story(2)
    story.send(3, 7)
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['wrong rev', 1]])
  })

  it('finds a sender whose messages changed places', () => {
    const story = new Story(0)
    story.send(1, 2)
    story.send(2, 1)
    story.final(2, story.message(2, 1), story.message(1, 2))
    assert.deepEqual(faultsOf(story), [['inverted', 1]])
  })

  it('finds a reading that lacks what was acknowledged before it', () => {
    const story = new Story()
    story.read({ how: 'history', from: 0, rev: 2, seen: story.all(1, 2) })
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [['stale', 1]])
  })

  it('does not blame a reading for what was acknowledged after it was asked for', () => {
    const story = new Story(2)
    const begun = story.history.now()
    story.send(3, 3)
    story.read({ how: 'history', begun, from: 0, rev: 2, seen: story.all(1, 2) })
    story.final(3, ...story.all(1, 2, 3))
    assert.deepEqual(faultsOf(story), [])
  })

  it('finds what somebody is told who is not in the room, or has left it', () => {
    const story = new Story(1)
    const stay = story.history.enter('cal', 'r')
    stay.to = story.history.now()
    story.read({ how: 'history', person: 'eve', ear: 'eve-1', from: 0, rev: 1, seen: story.all(1) })
    story.read({ how: 'history', person: 'cal', ear: 'cal-1', from: 0, rev: 1, seen: story.all(1) })
    story.final(1, ...story.all(1))
    assert.deepEqual(faultsOf(story), [['leaked', 2]])
  })
})
