import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatchUps } from '../../src/engine/catch-ups.ts'
import { Meter } from '../../src/engine/meter.ts'
import { Peer } from '../../src/engine/peer.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { Subscription } from '../../src/engine/subscription.ts'
import { Tick } from '../../src/engine/tick.ts'
import type { SyncFrame } from '../../src/protocol.ts'
import { LOBBY } from '../../src/state/records.ts'
import { Room } from '../../src/state/room.ts'
import type { Seat } from '../support/parlour.ts'
import { encodeLines, mint, parlour, settle, TestLink } from '../support/parlour.ts'

const say = (seat: Seat, body: string) => seat.ok('message.send', { room: LOBBY, id: mint(), body })

/** What a client makes of all it was told. */
function replay(seat: Seat): Room {
  const room = new Room(LOBBY)
  for (const sync of seat.syncs(LOBBY)) assert.notEqual(room.apply(sync), 'gap')
  return room
}

const bodies = (room: Room) =>
  room.timeline().flatMap((record) => (record.type === 'message' ? [record.body] : []))

test('[P4] opening gives a window of the newest 50, and says from where on it is complete', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  for (let n = 1; n <= 60; n++) await say(ada, `message ${n}`)
  const answer = await ada.open(LOBBY)
  const [window] = ada.syncs(LOBBY)
  assert.ok(window?.reset && window.from === 0 && (window.floor ?? 0) > 0)
  const room = replay(ada)
  assert.equal(bodies(room).length, 50)
  assert.equal(bodies(room).at(-1), 'message 60')
  assert.equal(room.rev, answer.rev)
  assert.ok(room.get('member', ada.id), 'the author travels along')
  assert.ok(room.get('room', LOBBY))
})

test('[P4] opening since a rev gives exactly what changed after it', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await say(ada, 'before')
  const { rev } = await bob.open(LOBBY)
  await bob.ok('room.close', { room: LOBBY })
  await say(ada, 'missed')
  const { epoch } = bob.hello
  await bob.open(LOBBY, { since: rev, epoch })
  const caughtUp = bob.syncs(LOBBY).at(-1)
  assert.equal(caughtUp?.from, rev)
  assert.equal(caughtUp?.reset, undefined)
  assert.deepEqual(bodies(replay(bob)), ['before', 'missed'])
})

test('[P4] a position of another epoch, or one the room never had, gets a fresh window', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  await say(ada, 'hi')
  await ada.open(LOBBY, { since: 1, epoch: 'before the restore' })
  await ada.open(LOBBY, { since: 1_000_000, epoch: ada.hello.epoch })
  await ada.open(LOBBY, { since: 1 })
  assert.deepEqual(
    ada.syncs(LOBBY).map((sync) => sync.reset),
    [true, true, true],
  )
})

test('[P3] a reader who opens while others write misses nothing and gets nothing out of order', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const sent: Promise<unknown>[] = []
  for (let n = 0; n < 100; n++) {
    sent.push(say(ada, `message ${n}`))
    if (n % 20 === 10) await bob.open(LOBBY)
    if (n % 20 === 15) await bob.ok('room.close', { room: LOBBY })
  }
  await Promise.all(sent)
  const { epoch } = bob.hello
  await bob.open(LOBBY, { since: replay(bob).rev, epoch })
  assert.deepEqual(
    bodies(replay(bob)).slice(-50),
    Array.from({ length: 50 }, (_, n) => `message ${n + 50}`),
  )
})

test('[R22] a slow reader is told nothing more until it has caught up with its backlog', async (t) => {
  const { seat, store } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  const told = bob.syncs(LOBBY).length
  bob.fill(200_000)
  for (let n = 0; n < 5; n++) await say(ada, `message ${n}`)
  await store.roomsOf('')
  assert.equal(bob.syncs(LOBBY).length, told)
  bob.drain()
  await bob.find(
    (frame) => frame.t === 'sync' && frame.put.some((put) => 'body' in put && put.body === 'message 4'),
  )
  await say(ada, 'and live again')
  await bob.find(
    (frame) => frame.t === 'sync' && frame.put.some((put) => 'body' in put && put.body.endsWith('again')),
  )
  assert.equal(bodies(replay(bob)).length, 6)
})

test('[R22] a reader somewhat behind still hears what is said, and one who has caught up is not looked at', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  bob.fill(100_000)
  await say(ada, 'live')
  await bob.find(
    (frame) => frame.t === 'sync' && frame.put.some((put) => 'body' in put && put.body === 'live'),
  )
  bob.drain()
  let looks = 0
  Object.defineProperty(bob.link, 'backlog', { get: () => looks++ * 0 })
  await say(ada, 'one more')
  await bob.find(
    (frame) => frame.t === 'sync' && frame.put.some((put) => 'body' in put && put.body === 'one more'),
  )
  assert.equal(looks, 0)
})

test('[R22] who was behind in many rooms is given them one after the other, as they are taken', async (t) => {
  const { seat, again, store } = await parlour(t)
  const bob = await seat('bob')
  const other = await again(bob.id)
  const rooms = Array.from({ length: 20 }, mint)
  for (const room of rooms) {
    await other.ok('room.create', { room, name: room })
    await bob.open(room)
  }
  bob.fill(200_000)
  for (const room of rooms)
    for (let n = 0; n < 15; n++) await other.ok('message.send', { room, id: mint(), body: 'x'.repeat(3_900) })
  const { link } = bob
  const lend = link.lend.bind(link)
  let most = 0
  link.lend = (bytes, taken) => {
    lend(bytes, taken)
    if (link.backlog + bytes.length > 32 * 1024) bob.fill(link.backlog + bytes.length)
    else link.backlog += bytes.length
    most = Math.max(most, link.backlog)
  }
  const heard = (room: string) =>
    bob.syncs(room).reduce((sum, { put }) => sum + put.filter(({ type }) => type === 'message').length, 0)
  let drains = 0
  for (; drains < 100 && rooms.some((room) => heard(room) < 15); drains++) {
    bob.drain()
    await settle(store)
  }
  assert.deepEqual(
    rooms.map(heard),
    rooms.map(() => 15),
  )
  assert.ok(most <= 192 * 1024, `${most} bytes at once`)
})

test('[R22] who asks and does not read is not listened to until it has read', async (t) => {
  const { seat } = await parlour(t)
  const bob = await seat('bob')
  bob.fill(200_000)
  await bob.ok('beat', {})
  assert.equal(bob.link.isPaused, true)
  bob.drain()
  assert.equal(bob.link.isPaused, false)
})

test('[R22] of all that is asked by who does not read, nothing is read from the store', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await say(ada, 'hello')
  const pages = () => bob.heard.filter((frame) => frame.t === 'ok').length
  const told = pages()
  bob.fill(33_000)
  const questions = Array.from({ length: 5 }, () => bob.query('message.history', { room: LOBBY }))
  const opened = bob.open(LOBBY)
  await ada.ok('beat', {})
  await ada.query('message.history', { room: LOBBY })
  assert.equal(pages(), told)
  bob.drain()
  await Promise.all([...questions, opened])
  assert.equal(pages(), told + 6)
})

test('[S3] who has left the room while a question waited gets no answer from it', async (t) => {
  const { seat } = await parlour(t)
  const bob = await seat('bob')
  const room = mint()
  await bob.ok('room.create', { room, name: 'Attic' })
  bob.fill(33_000)
  const question = bob.ask('message.history', { room })
  await bob.ok('room.leave', { room })
  bob.drain()
  const answer = await question
  assert.equal(answer.t === 'no' && answer.code, 'not_found')
})

test('[P8] the heartbeat names the rev of each open room', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const { rev } = await ada.open(LOBBY)
  ada.beat()
  assert.deepEqual((await ada.next('beat')).rooms, { [LOBBY]: rev })
})

test('history pages back by rev without holes or doubles, and merges under live changes', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  for (let n = 1; n <= 120; n++) await say(ada, `message ${n}`)
  await ada.open(LOBBY)
  const room = replay(ada)
  const oldest = room.timeline().find((record) => record.type === 'message')
  for (let more = true; more; ) {
    const page = await ada.query('message.history', { room: LOBBY, before: room.floor, limit: 30 })
    more = page.more
    const borns = page.records.flatMap((record) => (record.type === 'message' ? [record.born] : []))
    assert.deepEqual(
      borns,
      [...borns].sort((a, b) => b - a),
      'newest first',
    )
    room.merge(page.records, more ? Math.min(...borns) : 0)
  }
  assert.ok(oldest)
  assert.deepEqual(
    bodies(room),
    Array.from({ length: 120 }, (_, n) => `message ${n + 1}`),
  )
})

test('what was deleted while a page was on its way does not come back with the page', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'secret' })
  const page = await ada.query('message.history', { room: LOBBY })
  await ada.open(LOBBY)
  await ada.ok('message.delete', { room: LOBBY, id })
  const room = replay(ada)
  room.merge(page.records, 0)
  assert.deepEqual(bodies(room), [])
})

test('[P4] a commit that does not continue where the last ended is read from the store instead', async (t) => {
  const { seat, store, clock } = await parlour(t)
  const ada = await seat('ada')
  await say(ada, 'one')
  const peer = new Peer(
    {
      tick: new Tick(clock, new Meter()),
      settings: engineDefaults,
      encode: encodeLines,
      receive: () => undefined,
      gone: () => undefined,
      drained: () => undefined,
    },
    {
      id: ada.id,
      name: 'ada',
      peers: [],
      arriving: 0,
      entering: 0,
      rooms: new Set(),
      unread: new Map(),
      moves: 0,
    },
    new TestLink(),
  )
  const told: SyncFrame[] = []
  const link = peer.link
  assert.ok(link instanceof TestLink)
  let hear: () => void = () => undefined
  link.hear = (frame) => {
    if (frame.t === 'sync') told.push(frame)
    hear()
  }
  const settings = engineDefaults
  const catchUps = new CatchUps({ store, settings, encode: encodeLines, now: () => clock.now() })
  const world = { catchUps, settings, meter: new Meter(), lost: () => assert.fail() }
  const subscription = new Subscription(world, peer, LOBBY)
  await subscription.start(null)
  const { rev } = subscription
  await say(ada, 'two, of which the news was lost')
  await say(ada, 'three')
  const caughtUp = new Promise<void>((resolve) => {
    hear = resolve
  })
  subscription.offer(
    { room: LOBBY, from: rev + 1, rev: rev + 2, put: [], del: [] },
    encodeLines('never to be sent'),
  )
  await caughtUp
  assert.deepEqual(
    told
      .slice(1)
      .map((sync) => [sync.from, sync.rev, sync.put.filter((put) => put.type === 'message').length]),
    [[rev, rev + 2, 2]],
  )
})
