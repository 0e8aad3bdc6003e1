/** What a client makes of log-ins that are refused, or answered by something in between, or not at all. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeted, hello, peer, settle } from './peer.ts'

test('too many log-ins: it comes back when the server says, but not all at the same instant', async () => {
  const own = peer()
  own.login = () =>
    Response.json({ code: 'too_fast', why: 'Slowly.' }, { status: 429, headers: { 'retry-after': '7' } })
  await settle()
  assert.equal(own.chat.retryAt, own.clock.now() + 10_500)
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
  assert.equal(own.chat.retryAt, own.clock.now() + 7_500)
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
  own.login = () => pages.shift() ?? Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' })
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
  assert.deepEqual(waits, [10_500, 45_000, 90_000])
})

test('what makes no sense as a time to come back is as good as none', async () => {
  const refusal = { code: 'too_fast', why: 'Slowly.' }
  const waits: number[] = []
  for (const after of ['-60', 'soon', '0', '1e400', '99999999']) {
    const own = peer()
    own.login = () => Response.json(refusal, { status: 429, headers: { 'retry-after': after } })
    await settle()
    waits.push((own.chat.retryAt ?? Number.NaN) - own.clock.now())
  }
  assert.deepEqual(waits, [7_500, 7_500, 7_500, 90_000, 90_000])
  const own = peer()
  own.login = () => new Response('Later.', { status: 503, headers: { 'retry-after': '-60' } })
  await settle()
  assert.equal(own.chat.retryAt, own.clock.now() + 750)
})

test('waking does not shorten what a refusal said, only what chance put on top', async () => {
  const own = peer()
  own.login = () =>
    Response.json({ code: 'too_fast', why: 'Slowly.' }, { status: 429, headers: { 'retry-after': '7' } })
  for (let n = 0; n < 7; n++) {
    await settle()
    own.clock.advance((own.chat.retryAt ?? Number.NaN) - own.clock.now())
  }
  await settle()
  assert.equal(own.chat.retryAt, own.clock.now() + 20_000)
  own.clock.advance(3_000)
  own.chat.wake()
  assert.equal(own.chat.retryAt, own.clock.now() + 4_500)
  own.clock.set(own.clock.now() - 86_400_000)
  own.chat.wake()
  assert.equal(own.chat.retryAt, own.clock.now() + 4_500)
})

test('who logs in by hand begins anew with the back-off', async () => {
  const own = await greeted()
  for (let n = 0; n < 8; n++) {
    own.socket.drop()
    own.clock.advance((own.chat.retryAt ?? Number.NaN) - own.clock.now())
    await settle()
  }
  await own.chat.login()
  await settle()
  own.socket.say(hello())
  own.socket.drop()
  assert.equal(own.chat.retryAt, own.clock.now() + 750)
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
  assert.equal(own.chat.retryAt, own.clock.now() + 7_500)
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
  own.login = () => Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' })
  own.clock.advance(750)
  await settle()
  own.socket.say(hello())
  own.clock.advance(10_000)
  assert.equal(own.chat.status, 'connected')
})
