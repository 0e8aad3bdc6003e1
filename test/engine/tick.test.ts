import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Meter } from '../../src/engine/meter.ts'
import { Peer } from '../../src/engine/peer.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { Tick } from '../../src/engine/tick.ts'
import type { FakeClock } from '../support/clock.ts'
import { fakeClock } from '../support/clock.ts'
import { TestLink } from '../support/parlour.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function scene() {
  const clock = fakeClock()
  const tick = new Tick(clock, new Meter())
  const done: string[] = []
  const room = (name: string, work: () => void = () => undefined) => ({
    turn() {
      done.push(name)
      work()
    },
  })
  return { clock, tick, done, room }
}

/** A peer whose connection takes so many ms to be written to. */
function slowPeer(tick: Tick, clock: FakeClock, ms: number): Peer {
  const link = new TestLink()
  link.write = () => clock.advance(ms)
  const person = { id: 'ada', name: 'Ada', peers: new Set<Peer>(), arriving: 0, rooms: new Set<string>() }
  const host = {
    tick,
    settings: engineDefaults,
    encode: Buffer.from,
    receive: () => undefined,
    gone: () => undefined,
    drained: () => undefined,
  }
  return new Peer(host, { ...person, unread: new Map(), moves: 0 }, link)
}

test('rooms decide before connections are written to', async () => {
  const { clock, tick, done, room } = scene()
  const peer = slowPeer(tick, clock, 0)
  peer.link.write = () => done.push('written')
  peer.push(Buffer.from('x'))
  tick.room(room('decided'))
  await turn()
  assert.deepEqual(done, ['decided', 'written'])
})

test('with two turns at the store the rest waits, and is one turn when the store has answered', async () => {
  const { tick, done, room } = scene()
  const answers: (() => void)[] = []
  const storing = () => answers.push(tick.storing())
  for (const name of ['one', 'two']) {
    tick.room(room(name, storing))
    await turn()
  }
  tick.room(room('three'))
  await turn()
  tick.room(room('four'))
  await turn()
  assert.deepEqual(done, ['one', 'two'])
  answers[0]?.()
  await turn()
  assert.deepEqual(done, ['one', 'two', 'three', 'four'])
})

test('after a long fan-out rooms rest as long as it took, five milliseconds at most', async () => {
  const { clock, tick, done, room } = scene()
  tick.fansOut()
  slowPeer(tick, clock, 40).push(Buffer.from('x'))
  await turn()
  tick.room(room('next'))
  await turn()
  assert.deepEqual(done, [])
  clock.advance(5)
  await turn()
  assert.deepEqual(done, ['next'])
})

test('signals call for no rest, and a rest that somebody waits out is never made longer', async () => {
  const { clock, tick, done, room } = scene()
  slowPeer(tick, clock, 40).push(Buffer.from('typing'))
  await turn()
  tick.room(room('at once'))
  await turn()
  assert.deepEqual(done, ['at once'])
  tick.fansOut()
  slowPeer(tick, clock, 4).push(Buffer.from('commit'))
  await turn()
  tick.room(room('waits'))
  await turn()
  tick.fansOut()
  slowPeer(tick, clock, 4).push(Buffer.from('another'))
  await turn()
  await turn()
  assert.deepEqual(done, ['at once', 'waits'])
})
