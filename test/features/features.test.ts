import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOBBY } from '../../src/state/records.ts'
import { Room } from '../../src/state/room.ts'
import type { Seat, TestParlour } from '../support/parlour.ts'
import { mint, parlour, settle } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

async function lobbyOf(seat: Seat): Promise<Room> {
  await seat.open(LOBBY)
  return replay(seat, LOBBY)
}

function replay(seat: Seat, id: string): Room {
  const room = new Room(id)
  for (const sync of seat.syncs(id)) room.apply(sync)
  return room
}

/** One round of the sweeper, and all that comes of it. */
async function sweep({ clock, store }: TestParlour, ms: number): Promise<void> {
  await settle(store)
  clock.advance(ms)
  await settle(store)
}

async function say(seat: Seat, body: string, more: object = {}): Promise<string> {
  const id = mint()
  await seat.ok('message.send', { room: LOBBY, id, body, ...more })
  return id
}

test('[M1] a message has an id, a sender, a time and a body', async (t) => {
  const { seat, clock } = await parlour(t)
  const ada = await seat('ada')
  const id = await say(ada, 'hi')
  const message = (await lobbyOf(ada)).get('message', id)
  const { born, ...rest } = message ?? { born: 0 }
  assert.ok(born > 0)
  assert.deepEqual(rest, {
    type: 'message',
    id,
    by: ada.id,
    at: clock.now(),
    body: 'hi',
    edited: null,
    expires: null,
  })
})

test('[M2] only who wrote a message deletes it; it is gone everywhere, and twice is no error', async (t) => {
  const { seat, store } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  const id = await say(ada, 'oops')
  assert.equal(await bob.refused('message.delete', { room: LOBBY, id }), 'forbidden')
  await ada.ok('message.delete', { room: LOBBY, id })
  await ada.ok('message.delete', { room: LOBBY, id })
  assert.equal(await ada.refused('message.delete', { room: LOBBY, id: mint() }), 'not_found')
  await bob.find((frame) => frame.t === 'sync' && frame.del.some(([, gone]) => gone === id))
  const [row] = await store.read(LOBBY, [`message/${id}`], [])
  assert.equal(row?.body, null)
})

test('[M3] only who wrote a message edits it, and the edit is marked', async (t) => {
  const { seat, clock } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const id = await say(ada, 'helo')
  clock.advance(5_000)
  assert.equal(await bob.refused('message.edit', { room: LOBBY, id, body: 'mine' }), 'forbidden')
  await ada.ok('message.edit', { room: LOBBY, id, body: 'hello' })
  const message = (await lobbyOf(bob)).get('message', id)
  assert.deepEqual([message?.body, message?.edited], ['hello', clock.now()])
  assert.equal(await ada.refused('message.edit', { room: LOBBY, id: mint(), body: 'x' }), 'not_found')
})

test('[M4] a temporary message is gone from history at its time, and from disk with the next sweep', async (t) => {
  const house = await parlour(t)
  const ada = await house.seat('ada')
  const room = await lobbyOf(ada)
  const id = await say(ada, 'psst', { ttl: 10_000 })
  assert.equal(replay(ada, LOBBY).get('message', id)?.expires, house.clock.now() + 10_000)
  assert.ok(room)
  house.clock.advance(9_000)
  assert.ok(JSON.stringify(await ada.query('message.history', { room: LOBBY })).includes('psst'))
  await sweep(house, 1_000)
  await ada.find((frame) => frame.t === 'sync' && frame.del.some(([, gone]) => gone === id))
  assert.ok(!JSON.stringify(await ada.query('message.history', { room: LOBBY })).includes('psst'))
  assert.equal((await house.store.read(LOBBY, [`message/${id}`], []))[0]?.body, null)
})

test('[M4] a message that is due cannot be edited or reacted to, even before the sweeper has come', async (t) => {
  const { seat, clock } = await parlour(t, { settings: { sweepEvery: 3_600_000 } })
  const ada = await seat('ada')
  const id = await say(ada, 'psst', { ttl: 1_000 })
  clock.advance(1_000)
  assert.equal(await ada.refused('message.edit', { room: LOBBY, id, body: 'still here' }), 'not_found')
  assert.equal(await ada.refused('reaction.add', { room: LOBBY, message: id, emoji: '👍' }), 'not_found')
})

test('[M4] a lifetime is counted by the real clock, also when the room has seen a later time', async (t) => {
  const { seat, clock } = await parlour(t, { settings: { sweepEvery: 3_600_000 } })
  const ada = await seat('ada')
  const now = clock.now()
  clock.set(now + 86_400_000)
  await say(ada, 'from tomorrow')
  clock.set(now)
  const id = mint()
  const psst = { room: LOBBY, id, body: 'psst', ttl: 10_000 }
  await ada.ok('message.send', psst)
  const message = (await lobbyOf(ada)).get('message', id)
  assert.deepEqual([message?.at, message?.expires], [now + 86_400_000, now + 10_000])
  await ada.ok('message.send', psst)
  assert.equal(await ada.refused('message.send', { ...psst, ttl: undefined }), 'conflict')
  await ada.ok('message.edit', { room: LOBBY, id, body: 'psst!' })
  clock.advance(10_000)
  assert.equal(await ada.refused('message.edit', { room: LOBBY, id, body: 'still here' }), 'not_found')
})

test('[M4] a lifetime is a second to a week', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  for (const ttl of [0, 999, 1.5, -1, 7 * 86_400_000 + 1, '10'])
    assert.equal(await ada.refused('message.send', { room: LOBBY, id: mint(), body: 'x', ttl }), 'bad_frame')
})

test('[I4] a new name is everywhere at once, old messages too, and each room is told', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const club = mint()
  await ada.ok('room.create', { room: club, name: 'Club' })
  await ada.open(club)
  await bob.open(LOBBY)
  await say(ada, 'before')
  await ada.ok('member.rename', { name: 'Countess' })
  const isRenamed = (frame: { t: string; put?: unknown[] }) =>
    JSON.stringify(frame.put ?? '').includes('"renamed"')
  await bob.find(isRenamed)
  await ada.find((frame) => frame.t === 'sync' && frame.room === club && isRenamed(frame))
  const lobby = replay(bob, LOBBY)
  assert.equal(lobby.get('member', ada.id)?.name, 'Countess')
  const notice = lobby.timeline().at(-1)
  assert.ok(notice?.type === 'notice' && notice.was === 'ada' && notice.name === 'Countess')
})

test('[I4] a name that somebody here bears is taken, whatever its case and width', async (t) => {
  const { seat, engine } = await parlour(t)
  const [ada, bob] = [await seat('Ada'), await seat('bob')]
  for (const name of ['Ada', 'ADA', 'ａｄａ', ' ada\u200b '])
    assert.equal(await bob.refused('member.rename', { name }), 'taken', name)
  const refused = await engine.introduce('somebody', 'ada')
  assert.ok('code' in refused && refused.code === 'taken')
  await ada.ok('member.rename', { name: 'ADA' })
  await ada.ok('member.rename', { name: 'Countess' })
  await bob.ok('member.rename', { name: 'Ada' })
})

test('[I4] a name is free again a minute after its bearer has gone, who comes back under another', async (t) => {
  const { seat, again, clock } = await parlour(t)
  const ada = await seat('ada')
  ada.leave()
  clock.advance(59_999)
  assert.equal(await seat('ADA').catch(() => null), null, 'kept')
  clock.advance(1)
  const second = await seat('ADA').catch(() => null)
  assert.ok(second, 'free')
  const back = await again(ada.id)
  assert.equal(back.hello.user.name, 'ada 2')
})

test('[I1] two who want the same name at the same moment: one gets it', async (t) => {
  const { engine } = await parlour(t)
  const both = await Promise.all([
    engine.introduce('first-user', 'Ada'),
    engine.introduce('other-user', 'ada'),
  ])
  assert.deepEqual(both.map((one) => 'name' in one).sort(), [false, true])
})

test('[I2] who gives no name gets a readable one that nobody else has', async (t) => {
  const { engine } = await parlour(t)
  const names = new Set<string>()
  for (let n = 0; n < 200; n++) {
    const introduced = await engine.introduce(`user-${n}`, null)
    assert.ok('name' in introduced)
    assert.match(introduced.name, /^[A-Z][a-z]+ [A-Z][a-z]+( \d+)?$/)
    names.add(introduced.name)
  }
  assert.equal(names.size, 200)
})

test('[R2] a room is made, found by its code, and joined once', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = mint()
  const made = await ada.ok('room.create', { room, name: '  Chess\u200b club ' })
  assert.equal((await ada.ok('room.create', { room, name: 'Chess club' })).rev, made.rev, 'a resend')
  assert.equal(await ada.refused('room.create', { room, name: 'Other' }), 'conflict')
  assert.equal(await bob.refused('room.create', { room, name: 'Chess club' }), 'conflict')
  await ada.open(room)
  const record = replay(ada, room).get('room', room)
  assert.deepEqual([record?.name, record?.people], ['Chess club', 1])
  const joined = await bob.ok('room.join', { code: record?.code })
  assert.equal((await bob.ok('room.join', { code: record?.code })).rev, joined.rev)
  assert.deepEqual([replay(ada, room).get('room', room)?.people], [2])
  const events = replay(ada, room)
    .timeline()
    .map((one) => (one.type === 'notice' ? one.event : one.type))
  assert.deepEqual(events, ['created', 'joined'])
})

test('[R3] who leaves is told of, and may come back by the code; nobody leaves the lobby', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Club' })
  await ada.open(room)
  const code = replay(ada, room).get('room', room)?.code
  await bob.ok('room.join', { code })
  await bob.ok('room.leave', { room })
  assert.equal(await bob.refused('message.send', { room, id: mint(), body: 'still here?' }), 'not_found')
  const seen = replay(ada, room)
  assert.ok(seen.get('member', bob.id)?.left)
  assert.equal(seen.get('room', room)?.people, 1)
  await bob.ok('room.join', { code })
  assert.equal(await ada.refused('room.leave', { room: LOBBY }), 'forbidden')
})

test('[R4] a vanishing room is gone with its last person, its code and its messages', async (t) => {
  const { seat, store } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Ephemeral', vanish: true })
  await ada.open(room)
  const code = replay(ada, room).get('room', room)?.code ?? ''
  const id = mint()
  await ada.ok('message.send', { room, id, body: 'nobody will know' })
  await bob.ok('room.join', { code })
  await ada.ok('room.leave', { room })
  assert.ok(await store.resolve(code))
  await bob.ok('room.leave', { room })
  assert.deepEqual(
    [
      await store.resolve(code),
      (await store.load(room, ['room']))?.rows,
      await store.read(room, [`message/${id}`], []),
    ],
    [null, [], []],
  )
  assert.equal(await ada.refused('room.join', { code }), 'not_found')
})

test('[R4][P4] a room made again under the id of a vanished one goes on with its clock, so nothing is skipped', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const room = mint()
  const make = () => ada.ok('room.create', { room, name: 'Again', vanish: true })
  await make()
  await ada.ok('message.send', { room, id: mint(), body: 'of the first life' })
  const { rev } = await ada.open(room)
  await ada.ok('room.leave', { room })
  assert.ok((await make()).rev > rev)
  await ada.ok('message.send', { room, id: mint(), body: 'of the second' })
  await ada.open(room, { since: rev, epoch: ada.hello.epoch })
  const seen = replay(ada, room)
  assert.equal(ada.syncs(room).at(-1)?.reset, true)
  assert.deepEqual(
    seen.timeline().map((one) => (one.type === 'message' ? one.body : one.type)),
    ['notice', 'of the second'],
  )
})

test('[R4] a vanishing room outlives its last connection by the grace time, also over a restart', async (t) => {
  const store = await memoryStore(t)
  const before = await parlour(t, { store, settings: { vanishGrace: 60_000 } })
  const ada = await before.seat('ada')
  const room = mint()
  await ada.ok('room.create', { room, name: 'Ephemeral', vanish: true })
  ada.leave()
  for (let second = 0; second < 50; second++) await sweep(before, 1_000)
  assert.ok(await store.load(room, ['room']), 'within the grace time')
  const after = await parlour(t, { store, settings: { vanishGrace: 60_000 } })
  const back = await after.again(ada.id)
  for (let second = 0; second < 70; second++) await sweep(after, 1_000)
  assert.ok(await store.load(room, ['room']), 'somebody is there')
  back.leave()
  for (let second = 0; second < 63; second++) await sweep(after, 1_000)
  assert.deepEqual((await store.load(room, ['room']))?.rows, [])
})

test('guests who never wrote and stayed away are forgotten; those who wrote are not', async (t) => {
  const house = await parlour(t)
  const day = 86_400_000
  for (const user of ['ada-0001', 'eve-0001'])
    await house.store.addUser(
      { id: user, created: house.clock.now() },
      { hash: user, user, created: house.clock.now(), seen: house.clock.now() },
    )
  const [ada, eve] = [await house.seat('ada'), await house.seat('eve')]
  await say(ada, 'I was here')
  for (const seat of [ada, eve]) seat.leave()
  await sweep(house, 31 * day)
  for (let round = 0; round < 5; round++) await sweep(house, 1_000)
  const bob = await house.seat('bob')
  const lobby = await lobbyOf(bob)
  assert.equal(lobby.get('room', LOBBY)?.people, 2)
  assert.deepEqual(await house.store.roomsOf(eve.id), [])
  assert.equal(lobby.get('member', eve.id), undefined)
  assert.deepEqual((await bob.query('member.list', { room: LOBBY, ids: [eve.id] })).records, [])
  assert.ok(!lobby.timeline().some((one) => one.type === 'notice' && one.event === 'left'))
  assert.equal(await house.store.session('eve-0001'), null)
  assert.deepEqual(await house.store.roomsOf(ada.id), [LOBBY])
})

test('[M10] reactions come and go with the message, one record per person', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await ada.open(LOBBY)
  const id = await say(ada, 'hi')
  const react = { room: LOBBY, message: id }
  await bob.ok('reaction.add', { ...react, emoji: '👍' })
  await bob.ok('reaction.add', { ...react, emoji: '👍' })
  await bob.ok('reaction.add', { ...react, emoji: '❤️' })
  const mine = () => replay(ada, LOBBY).get('reaction', `${id}.${bob.id}`)?.emoji
  assert.deepEqual(mine(), ['👍', '❤️'])
  await bob.ok('reaction.remove', { ...react, emoji: '👍' })
  await bob.ok('reaction.remove', { ...react, emoji: '👍' })
  assert.deepEqual(mine(), ['❤️'])
  const page = await ada.query('message.get', { room: LOBBY, ids: [id] })
  assert.deepEqual(page.records.map((record) => record.type).sort(), [
    'member',
    'member',
    'message',
    'reaction',
  ])
  await ada.ok('message.delete', { room: LOBBY, id })
  assert.deepEqual([mine(), replay(ada, LOBBY).hanging(id)], [undefined, []])
  assert.equal(await bob.refused('reaction.add', { ...react, emoji: '👍' }), 'not_found')
})

test('[M10] a reaction is one emoji, and at most eight of one person', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const message = await say(ada, 'hi')
  for (const emoji of ['', 'a', '👍👍', '<b>', '1'])
    assert.equal(await ada.refused('reaction.add', { room: LOBBY, message, emoji }), 'bad_frame', emoji)
  for (const emoji of ['👍', '❤️', '😂', '😮', '😢', '🙏', '🎉', '👀'])
    await ada.ok('reaction.add', { room: LOBBY, message, emoji })
  assert.equal(await ada.refused('reaction.add', { room: LOBBY, message, emoji: '🔥' }), 'limit')
})

test('[M13] pins come with the window, with messages from before it, and go with the message', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const id = await say(ada, 'read this first')
  for (let n = 0; n < 60; n++) await say(ada, `message ${n}`)
  await bob.ok('pin.add', { room: LOBBY, message: id })
  await bob.ok('pin.add', { room: LOBBY, message: id })
  const room = await lobbyOf(bob)
  assert.deepEqual(
    room.all('pin').map((pin) => [pin.id, pin.by]),
    [[id, bob.id]],
  )
  assert.equal(room.get('message', id)?.body, 'read this first')
  assert.ok(!room.timeline().some((record) => record.id === id), 'but not in the timeline')
  await ada.ok('pin.remove', { room: LOBBY, message: id })
  assert.deepEqual(replay(bob, LOBBY).all('pin'), [])
  await ada.ok('pin.add', { room: LOBBY, message: id })
  await ada.ok('message.delete', { room: LOBBY, id })
  assert.deepEqual(replay(bob, LOBBY).all('pin'), [])
  assert.equal(await ada.refused('pin.add', { room: LOBBY, message: id }), 'not_found')
})

test('[M13] fifty pins are enough, and a temporary message is never one', async (t) => {
  const { seat, clock } = await parlour(t, { settings: { sweepEvery: 3_600_000 } })
  const ada = await seat('ada')
  for (let n = 0; n < 50; n++) await ada.ok('pin.add', { room: LOBBY, message: await say(ada, `pin ${n}`) })
  assert.equal(await ada.refused('pin.add', { room: LOBBY, message: await say(ada, 'one more') }), 'limit')
  const passing = await say(ada, 'psst', { ttl: 5_000 })
  assert.equal(await ada.refused('pin.add', { room: LOBBY, message: passing }), 'forbidden')
  clock.advance(5_000)
  assert.equal(await ada.refused('pin.add', { room: LOBBY, message: passing }), 'not_found')
})

test('[M20] reading goes forward only, unless marked as unread from here', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const { desk } = ada.hello.user
  await ada.open(desk)
  const position = () => replay(ada, desk).get('read', LOBBY)?.rev
  await ada.ok('read.mark', { room: LOBBY, rev: 9 })
  await ada.ok('read.mark', { room: LOBBY, rev: 5 })
  assert.equal(position(), 9)
  await ada.ok('read.mark', { room: LOBBY, rev: 5, back: true })
  assert.equal(position(), 5)
})

test('[M20] a desk that is full of positions forgets the oldest, but not that in the lobby', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  await ada.ok('read.mark', { room: LOBBY, rev: 1 })
  const rooms = Array.from({ length: 1_001 }, (_, n) => `room-${n}`)
  await Promise.all(rooms.map((room) => ada.ok('read.mark', { room, rev: 1 })))
  await ada.open(ada.hello.user.desk)
  const desk = replay(ada, ada.hello.user.desk)
  const kept = desk.all('read').map((read) => read.id)
  assert.equal(kept.length, 1_000)
  assert.deepEqual(
    [LOBBY, 'room-0', 'room-1', 'room-2', 'room-1000'].map((room) => kept.includes(room)),
    [true, false, false, true, true],
  )
})

test('a desk is seen by nobody else', async (t) => {
  const { seat } = await parlour(t)
  const [ada, eve] = [await seat('ada'), await seat('eve')]
  const { desk } = ada.hello.user
  await ada.ok('read.mark', { room: LOBBY, rev: 1 })
  for (const frame of ['room.open', 'message.history', 'member.list', 'room.join', 'message.send'])
    assert.equal(await eve.refused(frame, { room: desk, id: mint(), body: 'x' }), 'not_found', frame)
})

test('members are listed page by page, or by id, also those who left', async (t) => {
  const { seat } = await parlour(t)
  const seats = [await seat('ada'), await seat('bob'), await seat('cal')] as const
  const first = await seats[0].query('member.list', { room: LOBBY, limit: 2 })
  assert.deepEqual([first.records.map((record) => record.id), first.more], [['ada-0001', 'bob-0001'], true])
  const rest = await seats[0].query('member.list', { room: LOBBY, after: 'bob-0001' })
  assert.deepEqual([rest.records.map((record) => record.id), rest.more], [['cal-0001'], false])
  const named = await seats[0].query('member.list', { room: LOBBY, ids: ['cal-0001', 'nobody'] })
  assert.deepEqual(
    named.records.map((record) => record.id),
    ['cal-0001'],
  )
})
