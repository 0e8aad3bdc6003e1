/**
 * Seeded play with the rhythm of rooms: real rooms, queues, turns and rests; a clock that stands still, and a store that
 * answers when it is told to, wrongly at times. Each task is answered once and in order, and nobody waits for nothing.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Meter } from '../../src/engine/meter.ts'
import type { Batch, CommitResult, News, Store } from '../../src/engine/ports.ts'
import { Rooms } from '../../src/engine/rooms.ts'
import { Tick } from '../../src/engine/tick.ts'
import type { Outcome } from '../../src/feature.ts'
import { command, erase, put, refuse, SYSTEM } from '../../src/feature.ts'
import { fakeClock } from '../support/clock.ts'
import { mint } from '../support/parlour.ts'
import type { Random } from '../support/random.ts'
import { random, seeds } from '../support/random.ts'
import { quiet } from '../support/store.ts'

/** Rooms and how many have them open. */
const crowds = { plaza: 2_000, hall: 300, den: 2, desk: 1 }
type Name = keyof typeof crowds
const names: Name[] = ['plaza', 'hall', 'den', 'desk']

/** The longest rest, ms, and the step in which the clock moves on. */
const REST = 10
const STEP = 0.5

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** What a store does when it has to answer, and what it knows. */
function scriptedStore(chance: Random) {
  const revs = new Map<string, number>()
  const pending: (() => void)[] = []
  const isWrong = chance.chance(0.5)
  const answer = ({ room, from, rev }: Batch): CommitResult => {
    const dice = isWrong ? chance.next() : 1
    if (dice < 0.05) return { kind: 'failed', error: new Error('no disk') }
    if (dice < 0.15) return { kind: 'full' }
    if (dice < 0.25) return { kind: 'stale', rev: revs.get(room) ?? 0, rows: [] }
    assert.equal(from, revs.get(room) ?? 0, `a batch of ${room} continues where the last ended`)
    revs.set(room, rev)
    return { kind: 'done', jobs: [] }
  }
  const later = <T>(value: () => T) => new Promise<T>((resolve) => pending.push(() => resolve(value())))
  const store: Pick<Store, 'load' | 'read' | 'commit'> = {
    load: (room) => later(() => (revs.has(room) ? { rev: revs.get(room) ?? 0, at: 0, rows: [] } : null)),
    read: () => later(() => []),
    commit: (batch, done) => void pending.push(() => done(answer(batch))),
  }
  return { store, pending }
}

function scene(chance: Random) {
  const clock = fakeClock()
  const meter = new Meter()
  const tick = new Tick(clock, meter)
  const { store, pending } = scriptedStore(chance)
  const cost = chance.pick([0, 0.001, 0.005, 0.02])
  const slow = chance.pick([0, 0, 0.5])
  /** All of a crowd in a few writes: what it costs is what counts. */
  const tell = (news: News) => {
    if (news.kind !== 'commit') return
    const crowd = crowds[news.commit.room as Name]
    tick.fansOut(news.commit.room, crowd, news.commit.rev - news.commit.from)
    if (chance.chance(0.1)) return
    const writes = Math.min(crowd, 50)
    for (let n = 0; n < writes; n++) tick.peer({ flush: () => clock.advance((cost * crowd) / writes) })
  }
  const world = { store: store as Store, clock, log: quiet, tick, meter, jobs: () => undefined }
  const rooms = new Rooms({
    ...world,
    bus: { publish: tell, subscribe: () => () => undefined, close: async () => undefined },
  })
  const open = new Map<Name, number[]>(names.map((name) => [name, []]))
  let count = 0

  const outcome = (room: string): Outcome => {
    clock.advance(slow)
    const dice = chance.next()
    const words = {
      type: 'message',
      id: mint(),
      by: 'ada',
      at: 0,
      body: room,
      edited: null,
      expires: null,
    } as const
    if (dice < 0.8) return [put(words)]
    if (dice < 0.81) return [erase()]
    return dice < 0.9 ? [] : refuse('forbidden', 'No.')
  }
  const ask = (name: Name) => {
    const n = ++count
    const mine = open.get(name) ?? []
    mine.push(n)
    const reads = chance.chance(0.05) ? { reads: () => [`message/${n}` as const] } : {}
    rooms.get(name).enqueue({
      command: command('say', {}, { permit: 'system', ...reads, run: () => outcome(name) }),
      fields: {},
      actor: SYSTEM,
      size: chance.chance(0.3) ? chance.below(20_000) : 50,
      settle: () =>
        assert.equal(mine.shift(), n, `${name} answers each once, in the order in which they asked`),
    })
  }
  const asked = () => names.reduce((sum, name) => sum + (open.get(name)?.length ?? 0), 0)
  return { clock, pending, ask, asked }
}

/** The store answers at once: all get their answers, and never does a room wait longer than the longest rest. */
async function settleAll({ clock, pending, asked }: ReturnType<typeof scene>): Promise<void> {
  for (let waited = 0; asked() > 0; ) {
    const before = asked()
    pending.shift()?.()
    for (let n = 0; n < 6; n++) await turn()
    if (asked() < before || pending.length > 0) {
      waited = 0
      continue
    }
    assert.ok(clock.waiting > 0, 'something wakes the rooms that rest')
    clock.advance(STEP)
    waited += STEP
    assert.ok(waited <= REST + STEP, `${waited} ms with an idle store`)
  }
}

for (const seed of seeds(40)) {
  test(`rooms keep their rhythm, seed ${seed}`, async () => {
    const chance = random(seed)
    const world = scene(chance)
    const { clock, pending, ask } = world
    for (let step = 0; step < 60; step++) {
      const crowd = chance.chance(0.1) ? 700 : 40
      for (let n = chance.chance(0.5) ? chance.below(crowd) : 0; n > 0; n--)
        ask(chance.chance(0.7) ? 'plaza' : chance.pick(names))
      for (let n = chance.below(4); n > 0; n--)
        pending.splice(chance.chance(0.3) ? chance.below(pending.length) : 0, 1)[0]?.()
      if (chance.chance(0.2)) clock.advance(chance.next() * 8)
      if (chance.chance(0.05)) clock.sleep(chance.next() * 30)
      if (chance.chance(0.7)) await turn()
      if (chance.chance(0.05)) await settleAll(world)
    }
    await settleAll(world)
  })
}
