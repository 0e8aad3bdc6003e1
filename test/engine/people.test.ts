import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeLimits } from '../../src/engine/limits.ts'
import { People } from '../../src/engine/people.ts'
import { Presence } from '../../src/engine/presence.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { fakeClock } from '../support/clock.ts'

test('a name is held for a minute for somebody who has yet to connect', () => {
  const clock = fakeClock()
  const people = new People(clock)
  assert.equal(people.hold('ada', 'Ada'), true)
  assert.equal(people.hold('eve', 'ADA'), false)
  assert.equal(people.hold('ada', 'ada'), true)
  clock.advance(60_000)
  assert.equal(people.hold('eve', 'Ada'), true)
})

test('[N1] a name is held as long as its bearer is here, and a minute longer', () => {
  const clock = fakeClock()
  const people = new People(clock)
  const ada = people.enter('ada', 'Ada')
  clock.advance(3_600_000)
  people.sweep()
  assert.equal(people.isFree('eve', 'ada'), false)
  people.leave(ada)
  assert.equal(people.hold('eve', 'ada'), false)
  clock.advance(59_999)
  people.sweep()
  assert.equal(people.hold('eve', 'ada'), false)
  clock.advance(1)
  assert.equal(people.hold('eve', 'ada'), true)
})

test('[N1] nobody takes a name while its bearer loads the page anew', () => {
  const clock = fakeClock()
  const people = new People(clock)
  people.leave(people.enter('ada', 'Ada'))
  clock.advance(1_000)
  assert.equal(people.hold('eve', 'ada'), false)
  assert.equal(people.hold('ada', 'Ada'), true)
})

test('somebody who is still being greeted on another connection does not leave', () => {
  const people = new People(fakeClock())
  const ada = people.enter('ada', 'Ada')
  ada.arriving++
  people.leave(ada)
  assert.equal(people.get('ada'), ada)
})

test('a name that was given up is free, one that only changed its case is kept', () => {
  const people = new People(fakeClock())
  people.enter('ada', 'Ada')
  people.hold('ada', 'ADA')
  people.rename('ada', 'ADA')
  assert.equal(people.isFree('eve', 'ada'), false)
  people.hold('ada', 'Countess')
  people.rename('ada', 'Countess')
  assert.equal(people.isFree('eve', 'ada'), true)
  assert.equal(people.isFree('eve', 'countess'), false)
})

test('presence tells what changed since the last time, and how it is now of who went and came back', () => {
  const presence = new Presence()
  const people = new People(fakeClock())
  const [ada, bob] = [people.enter('ada', 'Ada'), people.enter('bob', 'Bob')]
  presence.enter('r', ada)
  presence.enter('r', bob)
  assert.deepEqual(presence.news(), [{ room: 'r', online: ['ada', 'bob'], offline: [], present: 2 }])
  presence.leave('r', ada)
  presence.enter('r', ada)
  presence.leave('r', bob)
  assert.deepEqual(presence.news(), [{ room: 'r', online: ['ada'], offline: ['bob'], present: 1 }])
  assert.deepEqual(presence.news(), [])
  assert.deepEqual([...presence.of('r').keys()], ['ada'])
})

test('a limit forgets who is at rest, and without a rate there is none', () => {
  const clock = fakeClock()
  const limits = makeLimits(clock, engineDefaults)
  for (let n = 0; n < 10; n++) assert.equal(limits.messages.take('ada'), 0)
  assert.equal(limits.messages.take('ada'), 500)
  assert.equal(limits.messages.take('bob'), 0)
  clock.advance(5_000)
  limits.messages.sweep()
  assert.equal(limits.messages.take('ada'), 0)
  const free = makeLimits(clock, { ...engineDefaults, rate: null })
  for (let n = 0; n < 1_000; n++) assert.equal(free.messages.take('ada'), 0)
})
