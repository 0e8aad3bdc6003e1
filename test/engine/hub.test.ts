import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../src/engine/ports.ts'
import { deskOf, LOBBY } from '../../src/state/records.ts'
import type { Seat } from '../support/parlour.ts'
import { gather, mint, parlour, roomOf, settle } from '../support/parlour.ts'
import { fileStore, memoryStore } from '../support/store.ts'

test('[R1] everybody is in the lobby from the first second', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  assert.deepEqual(
    ada.hello.rooms.map(({ room, name, unread }) => ({ room, name, unread })),
    [{ room: LOBBY, name: 'Lobby', unread: 0 }],
  )
  assert.equal(ada.hello.user.desk, deskOf(ada.id))
})

test('[R5] messages reach only the room they were sent to', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob, eve] = [await seat('ada'), await seat('bob'), await seat('eve')]
  const room = await roomOf(ada, bob)
  await bob.open(room)
  await eve.open(LOBBY)
  await ada.ok('message.send', { room, id: mint(), body: 'only for us' })
  await bob.find((frame) => frame.t === 'sync' && frame.put.some((put) => 'body' in put))
  assert.ok(!JSON.stringify(eve.heard).includes('only for us'))
})

test('[P1] who comes and goes is told to those who look, once, coalesced', async (t) => {
  const house = await parlour(t)
  const ada = await house.seat('ada')
  await gather(house)
  const { online, present } = await ada.open(LOBBY)
  assert.deepEqual([online, present], [[ada.id], 1])
  const bob = await house.seat('bob')
  const bobAgain = await house.again(bob.id)
  await gather(house)
  bob.leave()
  await gather(house)
  bobAgain.leave()
  await gather(house)
  const told = ada.all('signal').map(({ t: _, ...signal }) => signal)
  const presence = { room: LOBBY, name: 'presence' }
  assert.deepEqual(told, [
    { ...presence, online: [bob.id], offline: [], present: 2 },
    { ...presence, online: [], offline: [bob.id], present: 1 },
  ])
})

test('[P1] somebody who only reconnects is not told about', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await ada.open(LOBBY)
  await gather(house)
  bob.leave()
  await house.again(bob.id)
  await gather(house)
  assert.deepEqual(
    ada.all('signal').filter((signal) => signal.name === 'presence' && signal.offline.length > 0),
    [],
  )
})

test('[P5] typing is told to the others who have the room open, and is stored nowhere', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await ada.open(LOBBY)
  const { rev } = await bob.open(LOBBY)
  ada.say(JSON.stringify({ t: 'typing', room: LOBBY }))
  const signal = await bob.next('signal')
  assert.deepEqual(signal, { t: 'signal', room: LOBBY, name: 'typing', user: ada.id })
  await ada.ok('typing', { room: LOBBY })
  assert.equal(ada.all('signal').length, 0)
  assert.equal((await bob.open(LOBBY)).rev, rev)
})

test('[M20] a room that is not open bumps with its unread count and last words', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await gather(house)
  await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'one' })
  await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'two' })
  await gather(house)
  const bump = bob.bumps().at(-1)?.rooms[LOBBY]
  assert.equal(bump?.unread, 2)
  assert.deepEqual([bump?.last?.text, bump?.last?.name], ['two', 'ada'])
  assert.equal(ada.bumps().at(-1)?.rooms[LOBBY]?.unread, 0, 'my own messages are not unread')
})

test('[M20] reading on one device is read on the other', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const phone = await house.again(bob.id)
  const { rev } = await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'one' })
  await gather(house)
  assert.equal(phone.bumps().at(-1)?.rooms[LOBBY]?.unread, 1)
  await phone.open(phone.hello.user.desk)
  assert.equal((await bob.open(LOBBY)).unread, 1)
  await bob.ok('read.mark', { room: LOBBY, rev })
  await gather(house)
  assert.equal(phone.bumps().at(-1)?.rooms[LOBBY]?.unread, 0)
  const desk = phone.syncs(phone.hello.user.desk).at(-1)
  assert.ok(desk?.put.some((put) => put.type === 'read' && put.rev === rev))
  assert.equal((await house.again(bob.id)).hello.rooms[0]?.unread, 0)
})

test('[M20] a message deleted unread no longer counts', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'oops' })
  await gather(house)
  assert.equal(bob.bumps().at(-1)?.rooms[LOBBY]?.unread, 1)
  await ada.ok('message.delete', { room: LOBBY, id })
  await gather(house)
  assert.equal(bob.bumps().at(-1)?.rooms[LOBBY]?.unread, 0)
  assert.equal(bob.bumps().at(-1)?.rooms[LOBBY]?.last, null)
})

test('[M20] who comes and goes is no news in a list of rooms, and costs nobody a count', async (t) => {
  const real = await memoryStore(t)
  let counted = 0
  const store = new Proxy(real, {
    get(target, name) {
      if (name === 'unread') counted++
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const house = await parlour(t, { store })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'one' })
  await gather(house)
  const told = bob.bumps().length
  const before = counted
  const cal = await house.seat('cal')
  await gather(house)
  assert.equal(bob.bumps().length, told)
  assert.equal(counted - before, 0)
  assert.deepEqual(cal.bumps(), [], 'what hello says is not said again')
  assert.equal(cal.hello.rooms[0]?.rev, (await house.again(cal.id)).hello.rooms[0]?.rev)
  const { rev } = await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'two' })
  await gather(house)
  const news = bob.bumps().at(-1)?.rooms[LOBBY]
  assert.deepEqual([news?.rev, news?.unread, news?.last?.text], [rev, 2, 'two'])
  assert.equal(cal.bumps().at(-1)?.rooms[LOBBY]?.unread, 1)
  assert.equal(counted - before, 0, 'a message moves the counts along')
  await house.seat('dot')
  assert.equal((await house.again(bob.id)).hello.rooms[0]?.unread, 2)
  assert.equal(counted - before, 0, 'bob is not counted again after dot came')
  for (let n = 0; n < 30; n++) await ada.ok('message.send', { room: LOBBY, id: mint(), body: `${n}` })
  await gather(house)
  assert.equal(bob.bumps().at(-1)?.rooms[LOBBY]?.unread, 32)
  assert.equal(counted - before, 0, 'nobody is counted again, however much is written between two bumps')
})

test('[M20] the last words of a room bear the name that who spoke them has now', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const room = await roomOf(ada, bob)
  await ada.ok('message.send', { room, id: mint(), body: 'one' })
  await gather(house)
  await ada.ok('member.rename', { name: 'Ada L' })
  await gather(house)
  const { hello } = await house.again(bob.id)
  assert.equal(hello.rooms.find((one) => one.room === room)?.last?.name, 'Ada L')
})

test('joining a room tells my other devices of it', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const phone = await house.again(bob.id)
  const room = await roomOf(ada, bob)
  await gather(house)
  assert.equal(phone.bumps().at(-1)?.rooms[room]?.name, 'Club')
  await bob.ok('room.leave', { room })
  assert.equal(phone.bumps().at(-1)?.rooms[room], null)
})

test('[S3] who has left hears no more of the room, on any device', async (t) => {
  const { seat, again } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = await roomOf(ada, bob)
  const phone = await again(bob.id)
  await phone.open(room)
  await bob.ok('room.leave', { room })
  await ada.ok('message.send', { room, id: mint(), body: 'about bob' })
  assert.ok(!JSON.stringify([bob.heard, phone.heard]).includes('about bob'))
  assert.equal(await phone.refused('message.history', { room }), 'not_found')
})

test('last words that were deleted while nobody was there are not shown to who comes back', async (t) => {
  const house = await parlour(t)
  const ada = await house.seat('ada')
  const room = await roomOf(ada)
  await ada.ok('message.send', { room, id: mint(), body: 'psst', ttl: 5_000 })
  const shown = (seat: Seat) => seat.hello.rooms.find((one) => one.room === room)?.last?.text
  assert.equal(shown(await house.again(ada.id)), 'psst')
  for (const peer of [...house.seats]) peer.leave()
  await settle(house.store)
  house.clock.advance(6_000)
  for (let round = 0; round < 3; round++) {
    await settle(house.store)
    house.clock.advance(1_000)
  }
  await settle(house.store)
  assert.equal(shown(await house.again(ada.id)), undefined)
})

test('[I4] a room made while a new name is on its way follows it', async (t) => {
  const { store } = await fileStore(t)
  const house = await parlour(t, { store })
  const ada = await house.seat('ada')
  const rooms = Array.from({ length: 10 }, mint)
  await Promise.all([
    ada.ok('member.rename', { name: 'Countess' }),
    ...rooms.map((room) => ada.ok('room.create', { room, name: 'Club' })),
  ])
  for (const room of rooms) {
    await ada.open(room)
    await ada.find(
      (frame) =>
        frame.t === 'sync' &&
        frame.room === room &&
        frame.put.some((put) => put.type === 'member' && put.name === 'Countess'),
    )
  }
})

test('[S1] a room that vanishes while somebody is being greeted is none of theirs, even if it is made again', async (t) => {
  const real = await memoryStore(t)
  let hold: Promise<void> | null = null
  const store = new Proxy(real, {
    get(target, name) {
      if (name === 'unread' && hold)
        return (...args: Parameters<typeof real.unread>) => hold?.then(() => real.unread(...args))
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const house = await parlour(t, { store, settings: { vanishGrace: 1_000 } })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Club', vanish: true })
  await ada.open(room)
  const code = ada.syncs(room)[0]?.put.flatMap((put) => (put.type === 'room' ? [put.code] : []))[0]
  await bob.ok('room.join', { code })
  bob.leave()
  let release: () => void = () => undefined
  hold = new Promise((resolve) => {
    release = resolve
  })
  const greeted = house.again(bob.id)
  ada.leave()
  for (let second = 0; second < 5; second++) {
    await settle(real)
    house.clock.advance(1_000)
  }
  await settle(real)
  assert.equal(await real.resolve(code ?? ''), null, 'the room has vanished')
  hold = null
  release()
  const back = await greeted
  assert.ok(!back.hello.rooms.some((one) => one.room === room))
  const owner = await house.again(ada.id)
  await owner.ok('room.create', { room, name: 'Mine alone', vanish: false })
  await owner.ok('message.send', { room, id: mint(), body: 'secret' })
  assert.equal(await back.refused('message.history', { room }), 'not_found')
})

test('[P1] who opens a room while somebody reloads learns that they are there', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await gather(house)
  bob.leave()
  assert.deepEqual((await ada.open(LOBBY)).online, [ada.id])
  await house.again(bob.id)
  await gather(house)
  assert.deepEqual(ada.all('signal').at(-1), {
    t: 'signal',
    name: 'presence',
    room: LOBBY,
    online: [bob.id],
    offline: [],
    present: 2,
  })
})

test('[R22] a slow reader is told afterwards who is here, as a whole', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await ada.open(LOBBY)
  await gather(house)
  ada.fill(100_000)
  bob.leave()
  await gather(house)
  assert.ok(!ada.all('signal').some((one) => one.name === 'presence' && one.offline.includes(bob.id)))
  ada.drain()
  const told = await ada.find(
    (frame) => frame.t === 'signal' && frame.name === 'presence' && frame.whole === true,
  )
  assert.ok(told.t === 'signal' && told.name === 'presence')
  assert.deepEqual([told.online, told.present], [[ada.id], 1])
  const wholes = () => ada.all('signal').filter((one) => one.name === 'presence' && one.whole === true)
  ada.fill(100_000)
  ada.drain()
  await settle(house.store)
  assert.equal(wholes().length, 1, 'and once')
})

test('[P1] a room opened twice at once answers both, with where it stands', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const [one, two] = await Promise.all([ada.open(LOBBY), ada.open(LOBBY)])
  assert.ok(one.rev > 0 && one.rev === two.rev)
})

test('taking a reaction back is no news in a list of rooms, as giving one is none', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'one' })
  await gather(house)
  const told = bob.bumps().length
  await ada.ok('reaction.add', { room: LOBBY, message: id, emoji: '👍' })
  await gather(house)
  await ada.ok('reaction.remove', { room: LOBBY, message: id, emoji: '👍' })
  await gather(house)
  assert.equal(bob.bumps().length, told)
})

test('[I4] a new name of who spoke last is told to lists of rooms', async (t) => {
  const house = await parlour(t)
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'one' })
  await gather(house)
  await ada.ok('member.rename', { name: 'Ada L' })
  await gather(house)
  assert.equal(bob.bumps().at(-1)?.rooms[LOBBY]?.last?.name, 'Ada L')
})

test('[M20] what is said while somebody is being greeted reaches their list of rooms', async (t) => {
  const base = await memoryStore(t)
  let held: Promise<void> | null = null
  const unread: Store['unread'] = async (room, user, since, cap, now) => {
    const found = await base.unread(room, user, since, cap, now)
    if (room === LOBBY && user.startsWith('bob')) await held
    return found
  }
  const store = new Proxy(base, {
    get(target, name) {
      const own: unknown = name === 'unread' ? unread : Reflect.get(target, name)
      return typeof own === 'function' ? own.bind(target) : own
    },
  })
  const house = await parlour(t, { store })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  const room = await roomOf(ada, bob)
  bob.leave()
  await gather(house)
  const { promise, resolve } = Promise.withResolvers<void>()
  held = promise
  const coming = house.again(bob.id)
  await settle(base)
  await ada.ok('message.send', { room, id: mint(), body: 'hi' })
  await gather(house)
  resolve()
  const back = await coming
  await gather(house)
  const told = back.hello.rooms.find((summary) => summary.room === room)?.unread
  assert.ok(told === 1 || back.bumps().some((bump) => bump.rooms[room]?.unread === 1))
})

test('[M20] a room that one came into while being greeted is told after all', async (t) => {
  const base = await memoryStore(t)
  let committing: Promise<void> | null = null
  let counting: Promise<void> | null = null
  const [counted, arrived] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const commit: Store['commit'] = (batch, done) => {
    if (committing === null) return base.commit(batch, done)
    arrived.resolve()
    void committing.then(() => base.commit(batch, done))
  }
  const unread: Store['unread'] = async (...args) => {
    counted.resolve()
    await counting
    return base.unread(...args)
  }
  const store = new Proxy(base, {
    get(target, name) {
      if (name === 'commit') return commit
      if (name === 'unread') return unread
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const house = await parlour(t, { store })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await bob.ok('message.send', { room: LOBBY, id: mint(), body: 'hi' })
  const [stored, read] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  committing = stored.promise
  counting = read.promise
  // The page makes a room and is loaded anew at once.
  const room = 'r'.repeat(21)
  ada.say(JSON.stringify({ t: 'room.create', room, name: 'Den' }))
  await arrived.promise
  ada.leave()
  const coming = house.again(ada.id)
  await counted.promise
  committing = null
  stored.resolve()
  await bob.ok('message.send', { room: LOBBY, id: mint(), body: 'still here' })
  read.resolve()
  const back = await coming
  assert.ok(!back.hello.rooms.some((one) => one.room === room), 'its rooms were read before')
  await gather(house)
  assert.ok(back.bumps().some(({ rooms }) => room in rooms))
})

test('[M20] a count that fell while one was being greeted is told after all', async (t) => {
  const base = await memoryStore(t)
  const den = 'r'.repeat(21)
  let holding: Promise<void> | null = null
  const [isHeld, isCounted] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const unread: Store['unread'] = async (...args) => {
    if (args[0] === den && holding !== null) {
      isHeld.resolve()
      await holding
    }
    const found = await base.unread(...args)
    if (args[0] === LOBBY && holding !== null) isCounted.resolve()
    return found
  }
  const store = new Proxy(base, {
    get(target, name) {
      const value: unknown = name === 'unread' ? unread : Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
  const house = await parlour(t, { store })
  const [ada, bob] = [await house.seat('ada'), await house.seat('bob')]
  await bob.ok('room.create', { room: den, name: 'Den' })
  bob.leave()
  const [one, two] = [mint(), mint()]
  for (const id of [one, two]) await ada.ok('message.send', { room: LOBBY, id, body: id })
  const { promise, resolve } = Promise.withResolvers<void>()
  holding = promise
  const coming = house.again(bob.id)
  await Promise.all([isHeld.promise, isCounted.promise])
  // Not the last words of the lobby.
  await ada.ok('message.delete', { room: LOBBY, id: one })
  // Those who are here are told, and bob is not here yet.
  await gather(house)
  resolve()
  const back = await coming
  assert.equal(back.hello.rooms.find(({ room }) => room === LOBBY)?.unread, 2)
  await gather(house)
  assert.equal(back.bumps().at(-1)?.rooms[LOBBY]?.unread, 1)
})
