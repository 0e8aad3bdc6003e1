/** The sweeper: what is due goes in time, whatever else is to be done, and what could not be done is tried again. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { engineDefaults } from '../../src/engine/settings.ts'
import { Sweeper } from '../../src/engine/sweeper.ts'
import { LOBBY } from '../../src/state/records.ts'
import { fakeClock } from '../support/clock.ts'
import { mint, parlour, settle } from '../support/parlour.ts'
import { memoryStore, quiet } from '../support/store.ts'

test('[R37] tidying that fails is tried again at the next round, and then not before it is needed', async (t) => {
  const store = await memoryStore(t)
  let asked = 0
  store.tidy = async () => {
    if (++asked <= 2) throw new Error('a reader is in the way')
  }
  const { clock, log } = await parlour(t, { store })
  const round = async () => {
    clock.advance(engineDefaults.sweepEvery)
    await settle(store)
  }
  await round()
  assert.equal(asked, 1)
  await round()
  assert.equal(asked, 2)
  assert.equal(log.of('a sweep failed').length, 2)
  for (let n = 0; n < 60; n++) await round()
  assert.equal(asked, 3)
})

test('[M4] messages expire on time, however long vanishing, forgetting and tidying take', async (t) => {
  const store = await memoryStore(t)
  const { promise: tidied, resolve } = Promise.withResolvers<void>()
  t.after(() => resolve())
  store.tidy = () => tidied
  const { clock, seat } = await parlour(t, { store })
  clock.advance(engineDefaults.sweepEvery)
  await settle(store)
  const ada = await seat('ada')
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'psst', ttl: 1_000 })
  clock.advance(1_000)
  await settle(store)
  assert.equal((await store.read(LOBBY, [`message/${id}`], []))[0]?.body, null)
})

test('a guest whom a room could not let go is not forgotten until it can', async (t) => {
  const store = await memoryStore(t)
  const { clock, seat } = await parlour(t, { store })
  const now = clock.now()
  await store.addUser(
    { id: 'eve-0001', created: now },
    { hash: 'h', user: 'eve-0001', created: now, seen: now },
  )
  const eve = await seat('eve')
  eve.leave()
  await settle(store)
  const commit = store.commit
  store.commit = (_batch, done) => queueMicrotask(() => done({ kind: 'failed', error: new Error('full') }))
  clock.advance(31 * 86_400_000)
  await settle(store)
  assert.ok(await store.session('h'))
  assert.deepEqual(await store.roomsOf(eve.id), [LOBBY])
  store.commit = commit
  clock.advance(3_600_000)
  await settle(store)
  assert.equal(await store.session('h'), null)
  assert.deepEqual(await store.roomsOf(eve.id), [])
})

test('a guest who is here is not forgotten, however far the clock was set', async (t) => {
  const store = await memoryStore(t)
  const { clock, seat } = await parlour(t, { store })
  const now = clock.now()
  await store.addUser(
    { id: 'eve-0001', created: now },
    { hash: 'h', user: 'eve-0001', created: now, seen: now },
  )
  const eve = await seat('eve')
  assert.equal(eve.id, 'eve-0001')
  const round = async () => {
    clock.advance(31 * 86_400_000)
    await settle(store)
  }
  await round()
  assert.deepEqual(await store.roomsOf(eve.id), [LOBBY])
  eve.leave()
  await round()
  assert.deepEqual(await store.roomsOf(eve.id), [])
})

test('[R4] rooms vanish some at a time, and each only if nobody has come back until its turn', async (t) => {
  const store = await memoryStore(t)
  const clock = fakeClock()
  const inhabited = new Set<string>()
  const asked: { room: unknown; done: () => void }[] = []
  const sweeper = new Sweeper({
    store,
    clock,
    log: quiet,
    settings: { ...engineDefaults, vanishGrace: 0 },
    isHere: () => false,
    isInhabited: (room) => inhabited.has(room),
    submit: (_frame, { room }) =>
      new Promise((resolve) => asked.push({ room, done: () => resolve({ kind: 'kept', rev: 1 }) })),
    sweepMemory: () => undefined,
  })
  await sweeper.start()
  for (let n = 0; n < 20; n++) sweeper.watch(`room-${n}`)
  for (let round = 0; round < 2; round++) {
    clock.advance(engineDefaults.sweepEvery)
    await settle(store)
  }
  assert.equal(asked.length, 16)
  inhabited.add('room-17')
  for (let at = 0; at < asked.length; at++) {
    asked[at]?.done()
    await settle(store)
  }
  assert.deepEqual([asked.length, asked.some(({ room }) => room === 'room-17')], [19, false])
  await sweeper.stop()
})
