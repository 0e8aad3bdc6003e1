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
  own.login = () => Response.json({ token: 'secret' })
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
  own.login = () => Response.json({ token: 'secret' })
  await own.chat.login('Bobby')
  await settle()
  own.socket.say(hello())
  assert.equal(own.chat.status, 'connected')
})

test('too many log-ins: it comes back when the server says, but not all at the same instant', async () => {
  const own = peer()
  own.login = () =>
    Response.json({ code: 'too_fast', why: 'Slowly.' }, { status: 429, headers: { 'retry-after': '7' } })
  await settle()
  assert.equal(own.chat.retryAt, own.clock.now() + 7_750)
})

test('a session that the server does not know ends the trying, though that is no code of a frame', async () => {
  const own = peer()
  own.login = () => Response.json({ code: 'unauthorized', why: 'Not known here.' }, { status: 401 })
  await assert.rejects(own.chat.ready(), { name: 'Refused', code: 'forbidden', message: 'Not known here.' })
  assert.deepEqual([own.chat.status, own.chat.retryAt], ['offline', null])
})

test('[R8] a log-in that took too long on its way is tried again, whoever says so', async () => {
  const own = peer()
  own.login = () =>
    Response.json({ code: 'bad_frame', why: 'That took too long.' }, { status: 408, headers: {} })
  await settle()
  assert.equal(own.chat.status, 'reconnecting')
  assert.equal(own.chat.retryAt, own.clock.now() + 5_750)
})

test('[R8] what a proxy says while the server is away ends nothing', async () => {
  const own = peer({ name: 'Ada' })
  const pages = [
    new Response('404 page not found', { status: 404 }),
    new Response('<h1>Bad gateway</h1>', { status: 502 }),
    Response.json({ message: 'no Route matched' }, { status: 403 }),
    Response.json({ code: 7, why: 'It has.' }, { status: 400 }),
    new Response('<h1>Welcome to this hotel</h1>'),
    Response.json({}),
  ]
  own.login = () => pages.shift() ?? Response.json({ token: 'secret' })
  const waits: number[] = []
  while (pages.length > 0) {
    await settle()
    assert.equal(own.chat.status, 'reconnecting')
    waits.push((own.chat.retryAt ?? Number.NaN) - own.clock.now())
    own.clock.advance(waits.at(-1) ?? 0)
  }
  assert.deepEqual(waits, [750, 1_000, 1_500, 2_500, 4_500, 8_500])
  await settle()
  own.socket.say(hello())
  assert.equal(own.chat.status, 'connected')
})

test('a proxy that says when to come back is believed, up to a minute', async () => {
  const own = peer()
  const waits: number[] = []
  for (const [status, after] of [
    [503, '7'],
    [429, '30'],
    [404, '2592000'],
  ] as const) {
    own.login = () => new Response('Later.', { status, headers: { 'retry-after': after } })
    await settle()
    waits.push((own.chat.retryAt ?? Number.NaN) - own.clock.now())
    own.clock.advance(waits.at(-1) ?? 0)
  }
  assert.deepEqual(waits, [7_750, 31_000, 61_500])
})

test('who logs in or out by hand is told after ten seconds that nobody answers', async () => {
  const own = await greeted()
  own.login = () => new Promise(() => undefined)
  const asks = [() => own.chat.login('Ada'), () => own.chat.logout()]
  for (const ask of asks) {
    let isTold = false
    const told = assert
      .rejects(ask(), { name: 'Lost', message: 'The server does not answer. Try again.' })
      .then(() => {
        isTold = true
      })
    own.clock.advance(9_999)
    await settle()
    assert.equal(isTold, false)
    own.clock.advance(1)
    await told
  }
  own.login = () => {
    throw new TypeError('fetch failed')
  }
  for (const ask of asks) await assert.rejects(ask(), { name: 'Lost', wasSent: true })
  own.login = () => new Response('<h1>Welcome to this hotel</h1>')
  for (const ask of asks) await assert.rejects(ask(), { name: 'Lost', wasSent: true })
  assert.equal(own.chat.status, 'connected')
})

test('a refusal of ours for a while is tried again, under whatever code', async () => {
  const own = peer()
  own.login = () => Response.json({ code: 'starting', why: 'Not yet.' }, { status: 503 })
  await settle()
  assert.equal(own.chat.retryAt, own.clock.now() + 5_750)
  await assert.rejects(own.chat.login(), { name: 'Refused', code: 'unavailable', message: 'Not yet.' })
})

test('[R8] a log-in that is never answered is given up after ten seconds, and tried again', async () => {
  const own = peer()
  own.login = () => new Promise(() => undefined)
  await settle()
  own.clock.advance(9_999)
  assert.deepEqual([own.chat.retryAt, own.logins.length, own.loginSignal?.aborted], [null, 1, false])
  own.clock.advance(1)
  assert.equal(own.loginSignal?.aborted, true)
  assert.equal(own.chat.retryAt, own.clock.now() + 750)
  own.login = () => Response.json({ token: 'secret' })
  own.clock.advance(750)
  await settle()
  own.socket.say(hello())
  own.clock.advance(10_000)
  assert.equal(own.chat.status, 'connected')
})

test('a given token is never exchanged for another person', async () => {
  const own = peer({ token: 'mine' })
  await settle()
  assert.deepEqual([own.logins.length, own.socket.token], [0, 'mine'])
  own.socket.drop()
  own.clock.advance(750)
  await assert.rejects(own.chat.ready(), { name: 'Refused', message: 'This token is not valid.' })
  assert.equal(own.sockets.length, 1)
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
  const { chat, clock, socket } = await greeted()
  socket.say({ t: 'bye', after: 1_800 })
  socket.drop(1012)
  assert.equal(chat.retryAt, clock.now() + 1_800)
  chat.wake()
  assert.equal(chat.retryAt, clock.now() + 1_800)
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
