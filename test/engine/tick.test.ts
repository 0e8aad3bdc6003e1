import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Meter } from '../../src/engine/meter.ts'
import { Peer } from '../../src/engine/peer.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { Tick } from '../../src/engine/tick.ts'
import type { FakeClock } from '../support/clock.ts'
import { fakeClock } from '../support/clock.ts'
import { encodeLines, TestLink } from '../support/parlour.ts'

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

function scene() {
  const clock = fakeClock()
  const tick = new Tick(clock, new Meter())
  const done: string[] = []
  const room = (name: string, work: () => void = () => undefined) => ({
    id: name,
    isComplete: false,
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
  const person = { id: 'ada', name: 'Ada', peers: [], arriving: 0, entering: 0, rooms: new Set<string>() }
  const host = {
    tick,
    settings: engineDefaults,
    encode: encodeLines,
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

test('after long hearing the loop goes round before anything is decided, but never twice', async () => {
  const { clock, tick, done, room } = scene()
  tick.room(room('one'))
  clock.advance(4)
  await turn()
  assert.deepEqual(done, [])
  clock.advance(4)
  await turn()
  assert.deepEqual(done, ['one'])
  tick.room(room('two'))
  clock.advance(3)
  await turn()
  assert.deepEqual(done, ['one', 'two'])
})

test('after long deciding the loop goes round before the writing, and decides again only after it', async () => {
  const { clock, tick, done, room } = scene()
  const peer = slowPeer(tick, clock, 0)
  peer.link.write = () => done.push('written')
  peer.push(Buffer.from('x'))
  tick.room(room('one', () => clock.advance(4)))
  await turn()
  assert.deepEqual(done, ['one'])
  tick.room(room('two', () => clock.advance(4)))
  await turn()
  assert.deepEqual(done, ['one', 'written'])
  await turn()
  assert.deepEqual(done, ['one', 'written', 'two'])
  peer.push(Buffer.from('x'))
  tick.room(room('three', () => clock.advance(3)))
  await turn()
  assert.deepEqual(done.slice(3), ['three', 'written'])
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

test('a room decides nothing while a crowd is told of it, and rests afterwards', async () => {
  const { clock, tick, done, room } = scene()
  const peer = slowPeer(tick, clock, 5)
  tick.fansOut('crowd', 1000, 64)
  peer.push(Buffer.from('x'))
  tick.room(room('crowd'))
  tick.room(room('few'))
  await turn()
  assert.deepEqual(done, ['few'])
  await turn()
  assert.deepEqual(done, ['few'])
  clock.advance(5)
  await turn()
  assert.deepEqual(done, ['few', 'crowd'])
})

test('a room does not rest on when all who were under way are there, but never decides while it is told', async () => {
  const { clock, tick, done, room } = scene()
  const peer = slowPeer(tick, clock, 5)
  tick.fansOut('crowd', 1000, 64)
  peer.push(Buffer.from('x'))
  const crowd = room('crowd')
  crowd.isComplete = true
  tick.room(crowd)
  tick.complete()
  peer.link.write = () => {
    clock.advance(5)
    done.push('told')
  }
  await turn()
  await turn()
  assert.deepEqual(done, ['told', 'crowd'])
  tick.fansOut('crowd', 1000, 64)
  peer.push(Buffer.from('y'))
  const late = room('crowd')
  tick.room(late)
  await turn()
  await turn()
  assert.deepEqual(done, ['told', 'crowd', 'told'])
  late.isComplete = true
  tick.complete()
  await turn()
  assert.deepEqual(done, ['told', 'crowd', 'told', 'crowd'])
})

test('a room that rests again and again goes on each time', async () => {
  const { clock, tick, done, room } = scene()
  const peer = slowPeer(tick, clock, 5)
  for (let n = 1; n <= 3; n++) {
    tick.fansOut('crowd', 1000, 64)
    peer.push(Buffer.from('x'))
    tick.room(room('crowd'))
    await turn()
    await turn()
    assert.equal(done.length, n - 1)
    clock.advance(10)
    await turn()
    await turn()
    assert.equal(done.length, n)
  }
})

test('of two that rest, each goes on when its own rest is over', async () => {
  for (const runs of [[['long'], ['short']], [['short'], ['long']], [['short', 'long']]]) {
    const { clock, tick, done, room } = scene()
    const peer = slowPeer(tick, clock, 10)
    tick.fansOut('long', 2000, 64)
    tick.fansOut('short', 2000, 4)
    peer.push(Buffer.from('x'))
    await turn()
    for (const names of runs) {
      for (const name of names) tick.room(room(name))
      await turn()
    }
    assert.deepEqual(done, [])
    clock.advance(1.3)
    await turn()
    await turn()
    assert.deepEqual(done, ['short'])
    clock.advance(8.7)
    await turn()
    await turn()
    assert.deepEqual(done, ['short', 'long'])
  }
})

test('a run in which everybody rests on takes no turn at the store from anybody', async () => {
  const { clock, tick, done, room } = scene()
  const answers: (() => void)[] = []
  let late: () => void = () => undefined
  const storing = () => answers.push(tick.storing())
  // It has to read first: its batch goes to the store later, but is of this turn.
  tick.room(
    room('reads', () => {
      late = storing
    }),
  )
  tick.room(room('one', storing))
  await turn()
  const peer = slowPeer(tick, clock, 5)
  tick.fansOut('crowd', 1000, 64)
  peer.push(Buffer.from('x'))
  tick.room(room('crowd'))
  await turn()
  await turn()
  late()
  tick.room(room('two', storing))
  await turn()
  await turn()
  assert.deepEqual(done, ['reads', 'one', 'two'])
})

test('a room goes on when nobody of its crowd could be told', async () => {
  const { clock, tick, done, room } = scene()
  tick.fansOut('crowd', 1000, 64)
  tick.room(room('crowd'))
  await turn()
  await turn()
  clock.advance(10)
  await turn()
  await turn()
  assert.deepEqual(done, ['crowd'])
})

test('signals call for no rest', async () => {
  const { clock, tick, done, room } = scene()
  slowPeer(tick, clock, 40).push(Buffer.from('typing'))
  await turn()
  tick.room(room('at once'))
  await turn()
  assert.deepEqual(done, ['at once'])
})
