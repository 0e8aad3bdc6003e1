/** Who was introduced a moment ago and never here is let in without a look into the store; anybody else is looked up. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Store } from '../../src/engine/ports.ts'
import { LOBBY } from '../../src/state/records.ts'
import { parlour } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

/** A house, and the names of what its store was asked to read of people. */
async function watchedHouse(t: TestContext) {
  const base = await memoryStore(t)
  const asked: string[] = []
  const roomsOf: Store['roomsOf'] = (user) => {
    asked.push(user)
    return base.roomsOf(user)
  }
  const store: Store = new Proxy(base, {
    get(target, name) {
      const value: unknown = name === 'roomsOf' ? roomsOf : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  return { asked, house: await parlour(t, { store }) }
}

/** A name that changed is told in all rooms of its bearer, for which these are read once. */
async function isToldEverywhere(asked: string[]): Promise<void> {
  while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
  asked.length = 0
}

test('a newcomer’s rooms are not looked for; those of the same person later are', async (t) => {
  const { asked, house } = await watchedHouse(t)
  await house.engine.introduce('ada-0001', 'ada')
  await isToldEverywhere(asked)
  const ada = await house.again('ada-0001')
  assert.deepEqual(
    ada.hello.rooms.map(({ room }) => room),
    [LOBBY],
  )
  assert.deepEqual(asked, [])
  const room = 'r'.repeat(21)
  await ada.ok('room.create', { room, name: 'Den' })
  const phone = await house.again(ada.id)
  assert.deepEqual(asked, [ada.id])
  assert.deepEqual(phone.hello.rooms.map((one) => one.room).sort(), [LOBBY, room].sort())
})

test('two connections of a newcomer at once are both in the lobby, which they joined once', async (t) => {
  const { house } = await watchedHouse(t)
  await house.engine.introduce('ada-0001', 'ada')
  const [one, two] = await Promise.all([house.again('ada-0001'), house.again('ada-0001')])
  for (const seat of [one, two])
    assert.deepEqual(
      seat.hello.rooms.map(({ room }) => room),
      [LOBBY],
    )
  assert.equal(one.hello.user.name, 'ada')
  assert.equal(one.hello.rooms[0]?.rev, two.hello.rooms[0]?.rev)
})

test('a newcomer who is introduced again under another name bears that one', async (t) => {
  const { house } = await watchedHouse(t)
  await house.engine.introduce('ada-0001', 'ada')
  assert.deepEqual(await house.engine.introduce('ada-0001', 'Countess'), { name: 'Countess' })
  const ada = await house.again('ada-0001')
  assert.equal(ada.hello.user.name, 'Countess')
})

test('a newcomer whose name was taken over while they did not come bears another', async (t) => {
  const { house } = await watchedHouse(t)
  await house.engine.introduce('ada-0001', 'ada')
  house.clock.advance(60_000)
  const eve = await house.seat('eve')
  await eve.ok('member.rename', { name: 'ada' })
  assert.equal((await house.again('ada-0001')).hello.user.name, 'ada 2')
})

test('a newcomer who is let in somewhere before they come is looked up', async (t) => {
  const { asked, house } = await watchedHouse(t)
  await house.engine.introduce('ada-0001', 'ada')
  await isToldEverywhere(asked)
  const member = {
    type: 'member',
    id: 'ada-0001',
    name: 'ada',
    rank: 'member',
    at: 0,
    left: null,
    born: 1,
  } as const
  const commit = { room: 'den', from: 0, rev: 1, put: [member], del: [] }
  house.bus.publish({ kind: 'commit', commit, text: '{}' })
  await house.again('ada-0001')
  assert.deepEqual(asked, ['ada-0001'])
})

test('who has a name and wishes for none keeps it', async (t) => {
  const { house } = await watchedHouse(t)
  const ada = await house.seat('ada')
  assert.deepEqual(await house.engine.introduce(ada.id, null), { name: 'ada' })
})
