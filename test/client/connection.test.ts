/** Coming, going and coming back, against a server that is the test itself. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Refused } from '../../client/errors.ts'
import { greeted, hello, peer, settle } from './peer.ts'

test('a client logs in, connects to /ws and says who it is', async () => {
  const own = peer()
  assert.equal(own.chat.status, 'connecting')
  await settle()
  assert.deepEqual(own.logins, [{ path: 'http://parlour.test/login', authorization: undefined, body: {} }])
  assert.equal(own.socket.url, 'ws://parlour.test/ws')
  assert.equal(own.socket.token, null)
  own.socket.say(hello())
  await own.chat.ready()
  assert.equal(own.chat.status, 'connected')
  assert.equal(own.chat.me.name, 'Ada')
  assert.equal(own.chat.serverNow(), hello().now)
  own.clock.advance(1_000)
  assert.equal(own.chat.serverNow(), hello().now + 1_000)
})

test('[T6] a lost connection comes back after the back-off, with the time of the next try to show', async () => {
  const { chat, clock, sockets, logins, socket } = await greeted()
  socket.drop()
  assert.equal(chat.status, 'reconnecting')
  assert.equal(chat.retryAt, clock.now() + 750)
  clock.advance(749)
  await settle()
  assert.equal(sockets.length, 1)
  clock.advance(1)
  await settle()
  assert.equal(sockets.length, 2)
  assert.equal(chat.retryAt, null)
  assert.equal(logins.length, 1, 'whoever was in need not log in again')
  sockets[1]?.say(hello())
  assert.equal(chat.status, 'connected')
})

test('a connection refused before hello logs in again, because browsers do not say why', async () => {
  const own = peer({ proof: 'token', name: 'Ada' })
  await settle()
  own.socket.drop()
  own.clock.advance(750)
  await settle()
  assert.equal(own.sockets.length, 2)
  assert.deepEqual(
    own.logins.map(({ authorization, body }) => [authorization, body]),
    [
      [undefined, { name: 'Ada' }],
      ['Bearer secret', { name: 'Ada' }],
    ],
  )
  assert.equal(own.socket.token, 'secret')
})

test('a server that is not there is tried again and again, further and further apart', async () => {
  const own = peer()
  own.login = () => {
    throw new TypeError('fetch failed')
  }
  const waits: number[] = []
  for (let i = 0; i < 8; i++) {
    await settle()
    const wait = (own.chat.retryAt ?? Number.NaN) - own.clock.now()
    waits.push(wait)
    own.clock.advance(wait)
  }
  assert.deepEqual(waits, [750, 1_000, 1_500, 2_500, 4_500, 8_500, 16_500, 20_000])
  assert.equal(own.chat.status, 'reconnecting')
  own.login = () => Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' })
  await settle()
  own.socket.say(hello())
  assert.equal(own.chat.status, 'connected')
})

test('a refused name ends the trying, and says so', async () => {
  const own = peer({ name: 'Bob' })
  own.login = () => Response.json({ code: 'taken', why: 'Bob is here already.' }, { status: 409 })
  await assert.rejects(own.chat.ready(), (error) => error instanceof Refused && error.code === 'taken')
  assert.equal(own.chat.status, 'offline')
  assert.equal(own.chat.ended?.why, 'Bob is here already.')
  own.login = () => Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' })
  await own.chat.login('Bobby')
  await settle()
  own.socket.say(hello())
  assert.equal(own.chat.status, 'connected')
})

test('[P9] a close from 4500 to 4999 is not followed by another try', async () => {
  const { chat, clock, sockets, socket } = await greeted()
  socket.drop(4500)
  assert.deepEqual([chat.status, chat.retryAt], ['offline', null])
  clock.advance(60_000)
  await settle()
  assert.equal(sockets.length, 1)
})

test('[P9] bye says when to come back, and waking does not shorten that', async () => {
  const { chat, clock, sockets, socket } = await greeted()
  socket.say({ t: 'bye', after: 1_800 })
  socket.drop(1012)
  assert.equal(chat.retryAt, clock.now() + 1_800)
  chat.wake()
  chat.wake()
  clock.advance(1_799)
  await settle()
  assert.equal(sockets.length, 1)
  clock.advance(501)
  await settle()
  assert.equal(sockets.length, 2)
})

test('[T6] back online it tries within a second; “try now” tries now', async () => {
  const { chat, clock, sockets, socket } = await greeted()
  socket.drop()
  for (let i = 0; i < 5; i++) {
    clock.advance(60_000)
    await settle()
    sockets.at(-1)?.drop()
  }
  chat.sleep()
  assert.equal(chat.status, 'offline')
  chat.wake()
  assert.equal(chat.status, 'reconnecting')
  assert.equal(chat.retryAt, clock.now() + 500)
  const before = sockets.length
  chat.tryNow()
  await settle()
  assert.equal(sockets.length, before + 1)
})

test('[P8] after 45 s of silence it asks for a sign of life, and 5 s later it gives the connection up', async () => {
  const { chat, clock, socket } = await greeted()
  clock.advance(44_999)
  assert.deepEqual(socket.names(), [])
  clock.advance(1)
  assert.deepEqual(socket.names(), ['beat'])
  await socket.ok('beat', {})
  clock.advance(44_000)
  assert.equal(chat.status, 'connected')
  clock.advance(1_000)
  socket.take('beat')
  clock.advance(4_999)
  assert.equal(chat.status, 'connected')
  clock.advance(1)
  assert.equal(chat.status, 'reconnecting')
  assert.ok(socket.isClosed)
})

test('[P8] whatever the server says is a sign of life', async () => {
  const { clock, socket } = await greeted()
  for (let i = 0; i < 10; i++) {
    clock.advance(30_000)
    socket.say({ t: 'beat', rooms: {} })
  }
  assert.deepEqual(socket.names(), [])
})

test('a server that accepts and says nothing is given up after 10 s', async () => {
  const own = peer()
  await settle()
  own.clock.advance(10_000)
  assert.ok(own.socket.isClosed)
  assert.equal(own.chat.status, 'reconnecting')
})

test('what an earlier socket still says is not heard', async () => {
  const { chat, clock, sockets, socket } = await greeted()
  socket.drop()
  clock.advance(750)
  await settle()
  sockets[1]?.say(hello())
  socket.drop()
  socket.say(hello({ user: { id: 'eve', name: 'Eve', desk: 'desk:eve' } }))
  assert.deepEqual([chat.status, chat.me.id], ['connected', 'ada'])
})

test('logging out tells the server and ends for good', async () => {
  const own = await greeted()
  own.login = () => Response.json({})
  await own.chat.logout()
  assert.equal(own.logins.at(-1)?.path, 'http://parlour.test/logout')
  assert.deepEqual([own.chat.status, own.socket.isClosed], ['offline', true])
  own.clock.advance(60_000)
  await settle()
  assert.equal(own.sockets.length, 1)
})
