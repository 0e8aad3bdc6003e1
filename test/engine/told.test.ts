/** Who is told what, and who is not: strangers, people who left meanwhile, those who were behind, and what has expired. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/engine/ports.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { LOBBY } from '../../src/state/records.ts'

import { codeOf, gather, mint, parlour, roomOf, settle } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

/** The store with one method that waits until it is let go. */
function holding(store: Store, name: keyof Store, isHeld: (...args: unknown[]) => boolean) {
  const gate = Promise.withResolvers<void>()
  const held = new Proxy(store, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      if (key !== name) return value.bind(target)
      return async (...args: unknown[]) => {
        if (isHeld(...args)) await gate.promise
        return Reflect.apply(value, target, args)
      }
    },
  })
  return { store: held, letGo: gate.resolve }
}

const send = (room: string, body: string, more = {}) => ({ room, id: mint(), body, ...more })

test('[P11] a stranger who is just coming in hears nothing of a room that is no more', async (t) => {
  let held: string | null = null
  const { store, letGo } = holding(await memoryStore(t), 'roomsOf', (user) => user === held)
  const house = await parlour(t, { store })
  const [ada, eve] = [await house.seat('ada'), await house.seat('eve')]
  const room = await roomOf(ada)
  held = eve.id
  const second = house.again(eve.id)
  await settle(store)
  await ada.ok('room.leave', { room })
  held = null
  letGo()
  await second
  await gather(house)
  assert.ok(!JSON.stringify(eve.heard).includes(room))
})

test('[P11] what is asked before leaving and read after it is not answered', async (t) => {
  let isHeld = false
  const { store, letGo } = holding(await memoryStore(t), 'timeline', () => isHeld)
  const { seat, again } = await parlour(t, { store })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = await roomOf(ada, bob)
  const phone = await again(bob.id)
  isHeld = true
  const asked = bob.refused('message.history', { room })
  await settle(store)
  await phone.ok('room.leave', { room })
  await ada.ok('message.send', send(room, 'now that bob is gone'))
  letGo()
  assert.equal(await asked, 'not_found')
})

test('[P11] who leaves while a room is being opened is not told who is there', async (t) => {
  let isHeld = false
  const { store, letGo } = holding(await memoryStore(t), 'unread', () => isHeld)
  const { seat, again } = await parlour(t, { store })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = await roomOf(ada, bob)
  await ada.ok('message.send', send(room, 'hi'))
  const phone = await again(bob.id)
  await bob.ok('read.mark', { room, rev: 1, back: true })
  isHeld = true
  const asked = bob.refused('room.open', { room })
  await settle(store)
  await phone.ok('room.leave', { room })
  letGo()
  assert.equal(await asked, 'not_found')
})

test('quick renames are each told once, in order, in every room', async (t) => {
  const house = await parlour(t)
  const eve = await house.seat('eve')
  for (const name of ['one', 'two', 'three', 'four']) await eve.ok('member.rename', { name })
  for (let n = 0; n < 5; n++) await gather(house)
  const { records } = await eve.query('message.history', { room: LOBBY })
  const renames = records.flatMap((record) =>
    record.type === 'notice' && record.event === 'renamed' ? [record.name] : [],
  )
  assert.deepEqual(renames.reverse(), ['one', 'two', 'three', 'four'])
})

test('a room that another device joined comes with its last words', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const phone = await house.again(bob.id)
  const room = await roomOf(ada)
  await ada.ok('message.send', send(room, 'welcome'))
  await gather(house)
  const code = codeOf(ada, room)
  await bob.ok('room.join', { code })
  await gather(house)
  const [first] = phone.all('bump').flatMap(({ rooms }) => rooms[room] ?? [])
  assert.equal(first?.last?.text, 'welcome')
})

test('who closes a room while behind is told by the list what they have missed', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await bob.open(LOBBY)
  await gather(house)
  bob.fill(10_000_000)
  await ada.ok('message.send', send(LOBBY, 'not seen yet'))
  await gather(house)
  await bob.ok('room.close', { room: LOBBY })
  bob.drain()
  await gather(house)
  const [bump] = bob.all('bump').flatMap(({ rooms }) => rooms[LOBBY] ?? [])
  assert.deepEqual([bump?.last?.text, bump?.unread], ['not seen yet', 1])
  const told = bob.all('bump').length
  await bob.open(LOBBY)
  await bob.ok('room.close', { room: LOBBY })
  await gather(house)
  assert.equal(bob.all('bump').length, told, 'who was level is told nothing')
})

test('positions in rooms that one is not in take no memory', async (t) => {
  const house = await parlour(t)
  const eve = await house.seat('eve')
  for (let n = 0; n < 20; n++) await eve.ok('read.mark', { room: `nowhere-${n}`, rev: 1 })
  await eve.ok('read.mark', { room: LOBBY, rev: 1 })
  assert.deepEqual([...eve.person.unread.keys()], [LOBBY])
})

test('[L1] last words that have expired are not told, however seldom it is swept', async (t) => {
  const { seat, again, clock, store } = await parlour(t, { settings: { sweepEvery: 3_600_000 } })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await ada.ok('message.send', send(LOBBY, 'burn after reading', { ttl: 1_000 }))
  assert.equal((await again(bob.id)).hello.rooms[0]?.last?.text, 'burn after reading')
  clock.advance(1_001)
  await settle(store)
  assert.equal((await again(bob.id)).hello.rooms[0]?.last, null)
})

test('who types is told once in a second to a room, however often they say so', async (t) => {
  const { rate } = engineDefaults
  const house = await parlour(t, { settings: { rate } })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const room = await roomOf(ada, bob)
  await bob.open(LOBBY)
  await bob.open(room)
  const told = () => bob.all('signal').filter(({ name }) => name === 'typing').length
  for (let n = 0; n < 20; n++) await ada.ok('typing', { room: LOBBY })
  assert.equal(told(), 1)
  await ada.ok('typing', { room })
  assert.equal(told(), 2)
  house.clock.advance(1_000)
  await ada.ok('typing', { room: LOBBY })
  assert.equal(told(), 3)
})

test('[N1] a rename that fails leaves the name with who bears it, in whatever spelling', async (t) => {
  const real = await memoryStore(t)
  let isBroken = false
  const store = new Proxy(real, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      if (key !== 'commit' || !isBroken) return value.bind(target)
      return (...[, done]: Parameters<Store['commit']>) =>
        queueMicrotask(() => done({ kind: 'failed', error: new Error('no disk') }))
    },
  })
  const { seat, clock } = await parlour(t, { store })
  const [ada, eve] = [await seat('ada'), await seat('eve')]
  isBroken = true
  assert.equal(await ada.refused('member.rename', { name: 'ADA' }), 'unavailable')
  isBroken = false
  clock.advance(100_000)
  assert.equal(await eve.refused('member.rename', { name: 'ada' }), 'taken')
})

test('nobody gets into more rooms than they may by asking for all at once', async (t) => {
  const { seat, store } = await parlour(t, { settings: { roomsPerPerson: 3 } })
  const ada = await seat('ada')
  const ask = () => ada.ask('room.create', { room: mint(), name: 'Club' })
  const answers = await Promise.all(Array.from({ length: 8 }, ask))
  assert.equal(answers.filter(({ t: kind }) => kind === 'ok').length, 2)
  const [room] = (await store.roomsOf(ada.id)).filter((id) => id !== LOBBY)
  await ada.ok('room.leave', { room })
  assert.equal((await ask()).t, 'ok')
})

test('whom the address keeps from trying a code loses no try of their own', async (t) => {
  const { seat, clock } = await parlour(t, { settings: { codeTries: { person: 2, address: 20 } } })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  for (let n = 0; n < 10; n++) {
    const eve = await seat(`eve${n}`)
    for (let i = 0; i < 2; i++) await eve.refused('room.join', { code: '0000000000' })
  }
  const room = await roomOf(ada)
  const code = codeOf(ada, room)
  for (let n = 0; n < 5; n++) assert.equal(await bob.refused('room.join', { code }), 'too_fast')
  clock.advance(3_600_000 / 20)
  await bob.ok('room.join', { code })
})

test('a room of whatever name stands in the heartbeat', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  await ada.ok('room.create', { room: '__proto__', name: 'Club' })
  const { rev } = await ada.open('__proto__')
  ada.beat()
  const beat = await ada.find((frame) => frame.t === 'beat')
  assert.ok(JSON.stringify(beat).includes(`"__proto__":${rev}`))
})

test('[L1] thousands that expire at the same time go in the same round', async (t) => {
  const house = await parlour(t)
  const ada = await house.seat('ada')
  for (let n = 0; n < 5; n++)
    await Promise.all(
      Array.from({ length: 500 }, () => ada.ok('message.send', send(LOBBY, 'x', { ttl: 1_000 }))),
    )
  house.clock.advance(1_000)
  for (let n = 0; n < 10; n++) await settle(house.store)
  assert.equal((await house.store.expired(house.clock.now(), 10_000)).length, 0)
})

test('[M10] a pinned message comes with all of its two hundred reactions', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const message = mint()
  await ada.ok('message.send', { room: LOBBY, id: message, body: 'popular' })
  await ada.ok('pin.add', { room: LOBBY, message })
  const fans = await Promise.all(Array.from({ length: 200 }, (_, n) => seat(`fan${n}`)))
  await Promise.all(fans.map((fan) => fan.ok('reaction.add', { room: LOBBY, message, emoji: '👍' })))
  const { records } = await ada.query('message.get', { room: LOBBY, ids: [message] })
  assert.equal(records.filter(({ type }) => type === 'reaction').length, 200)
})

test('[O6] what is counted is what was told: a fresh window is no resumption, and the first held back counts', async (t) => {
  const { seat, engine, store } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const figure = (name: string) => engine.figures().find((one) => one.name === name)?.samples ?? []
  await ada.open(LOBBY, { since: 999_999, epoch: ada.hello.epoch })
  assert.equal(ada.syncs(LOBBY)[0]?.reset, true)
  const counted = figure('parlour_opened_total').map(({ labels, value }) => [labels?.how, value])
  assert.deepEqual(Object.fromEntries(counted), { fresh: 1, resumed: 0 })
  await bob.open(LOBBY)
  bob.fill(10_000_000)
  await ada.ok('message.send', send(LOBBY, 'x'.repeat(1_000)))
  await settle(store)
  assert.ok((figure('parlour_dropped_bytes_total')[0]?.value ?? 0) > 1_000)
})
