import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { closeCodes } from '../../src/protocol.ts'
import { Database } from '../../src/store/database.ts'
import type { FakeClock } from '../support/clock.ts'
import { fakeClock } from '../support/clock.ts'
import type { TestServer } from '../support/server.ts'
import { spawnServer, startServer, tempFolder } from '../support/server.ts'
import { joinAgain, join as joinAs, login, openSocket } from '../support/socket.ts'

const started = (test: TestContext, ...flags: string[]): Promise<TestServer> => startServer({ test, flags })

/** As our own page does it. */
async function fromPage(place: TestServer, path: string, fields: object, cookie = '') {
  const headers = { 'content-type': 'application/json', origin: place.url, 'sec-fetch-site': 'same-origin' }
  const body = JSON.stringify(fields)
  const response = await fetch(place.url + path, { method: 'POST', body, headers: { ...headers, cookie } })
  const set = response.headers.get('set-cookie') ?? ''
  return { status: response.status, body: await response.json(), set, cookie: set.split(';')[0] ?? '' }
}

const day = 24 * 3600 * 1000

/** Lets more than half of the 90 days of a token go by, in which it is used. */
async function grow(server: TestServer, clock: FakeClock, token: string): Promise<void> {
  clock.set(clock.now() + 25 * day)
  await login(server, {}, token)
  clock.set(clock.now() + 25 * day)
}

test('[I2] who types nothing gets a random name, a token and a cookie', async (t) => {
  const server = await started(t)
  const { status, body, set } = await fromPage(server, '/login', {})
  assert.equal(status, 200)
  assert.match(body.user.id, /^[0-9A-Za-z]{12}$/)
  assert.match(body.user.name, /\S{3,}/)
  assert.match(body.token, /^[\w-]{43}$/)
  const name = `parlour-${server.port}`
  assert.equal(set, `${name}=${body.token}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax`)
  const other = await fromPage(server, '/login', {})
  assert.notEqual(other.body.user.id, body.user.id)
  assert.notEqual(other.body.user.name, body.user.name)
})

test('[I1] who types a name has it; a second one gets 409 taken', async (t) => {
  const server = await started(t)
  const ada = await joinAs(server, 'Ada')
  assert.equal(ada.name, 'Ada')
  assert.equal(ada.hello.user.name, 'Ada')
  const eve = await fromPage(server, '/login', { name: 'ａｄａ' })
  assert.deepEqual([eve.status, eve.body.code, eve.set], [409, 'taken', ''])
})

test('[I1] with the cookie or the token one is who one was, also under a new name', async (t) => {
  const server = await started(t)
  const { body, cookie } = await fromPage(server, '/login', { name: 'ada' })
  const again = await fromPage(server, '/login', {}, cookie)
  assert.deepEqual(again.body, body)
  assert.deepEqual(await login(server, {}, body.token), body)
  const renamed = await fromPage(server, '/login', { name: 'ada l.' }, cookie)
  assert.deepEqual(renamed.body, { user: { id: body.user.id, name: 'ada l.' }, token: body.token })
  const hello = await (await openSocket(server, body.token)).get('hello')
  assert.equal(hello.user.name, 'ada l.')
})

test('who does not get the name wished for leaves nothing behind', async (t) => {
  const folder = tempFolder(t)
  const server = await startServer({ test: t, flags: ['--data', folder] })
  await login(server, { name: 'ada' })
  const people = () => {
    const db = new Database(join(folder, 'parlour.db'), { readOnly: true, busyTimeout: 1000 })
    const row = db.get<{ n: number }>('SELECT count(*) AS n FROM users')
    db.close()
    return row?.n
  }
  assert.equal(people(), 1)
  await assert.rejects(login(server, { name: 'ADA' }), /409/)
  await assert.rejects(login(server, { name: '\u202e' }), /400/)
  assert.equal(people(), 1)
})

test('an unknown token is refused; an unknown cookie, such as one of long ago, makes way for a new guest', async (t) => {
  const server = await started(t)
  await assert.rejects(login(server, {}, 'x'.repeat(43)), /401/)
  const { status, body } = await fromPage(server, '/login', {}, `parlour-${server.port}=${'x'.repeat(43)}`)
  assert.deepEqual([status, typeof body.user.id], [200, 'string'])
})

test('[R27] who does not get the name wished for uses up no renewal', async (t) => {
  const clock = fakeClock()
  const server = await startServer({ test: t, clock })
  const ada = await login(server)
  await grow(server, clock, ada.token)
  await joinAs(server, 'bob')
  for (let n = 0; n < 6; n += 1) await assert.rejects(login(server, { name: 'bob' }, ada.token), /409/)
  assert.notEqual((await login(server, {}, ada.token)).token, ada.token)
})

test('[I1] a guest comes back as the same person after a restart', async (t) => {
  const data = tempFolder(t)
  const first = await spawnServer({ data, test: t })
  const ada = await joinAs(first, 'ada')
  assert.equal(await first.kill('SIGTERM'), 0)
  assert.equal((await ada.socket.closed).code, closeCodes.restart)
  const second = await spawnServer({ data, test: t })
  assert.deepEqual((await login(second, {}, ada.token)).user, { id: ada.id, name: 'ada' })
  await second.kill('SIGKILL')
})

test('[S3] logging out ends the session and its sockets, not those of others', async (t) => {
  const server = await started(t)
  const { body, cookie } = await fromPage(server, '/login', { name: 'ada' })
  const ada = await openSocket(server, body.token)
  const bob = await joinAs(server, 'bob')
  const out = await fromPage(server, '/logout', {}, cookie)
  assert.deepEqual([out.status, out.body], [200, {}])
  assert.match(out.set, /^parlour-\d+=; Max-Age=0;/)
  assert.equal((await ada.closed).code, closeCodes.ended)
  await assert.rejects(openSocket(server, body.token), /401/)
  await bob.socket.ask({ t: 'beat' })
  assert.equal((await fromPage(server, '/logout', {}, cookie)).status, 200, 'twice is harmless')
})

test('[S3] logging out after a renewal ends the older session too, and the sockets of both', async (t) => {
  const clock = fakeClock()
  const server = await startServer({ test: t, clock })
  const old = await login(server)
  await grow(server, clock, old.token)
  const young = await login(server, {}, old.token)
  assert.notEqual(young.token, old.token)
  const tabs = [await openSocket(server, old.token), await openSocket(server, young.token)]
  const headers = { authorization: `Bearer ${young.token}` }
  await fetch(`${server.url}/logout`, { method: 'POST', headers })
  for (const token of [old.token, young.token]) await assert.rejects(openSocket(server, token), /401/)
  for (const tab of tabs) assert.equal((await tab.closed).code, closeCodes.ended)
})

test('[S5] a page of somebody else can neither log in nor log out', async (t) => {
  const server = await started(t)
  const { body, cookie } = await fromPage(server, '/login', {})
  for (const path of ['/login', '/logout']) {
    const headers = { 'content-type': 'application/json', origin: 'http://evil.example', cookie }
    const response = await fetch(server.url + path, { method: 'POST', body: '{}', headers })
    assert.deepEqual([response.status, response.headers.get('set-cookie')], [403, null])
    assert.equal((await response.json()).code, 'forbidden')
  }
  await openSocket(server, body.token)
})

test('[S17] what belongs to somebody is kept by no cache', async (t) => {
  const server = await started(t)
  const response = await fetch(`${server.url}/login`, { method: 'POST', body: '{}' })
  assert.equal(response.headers.get('cache-control'), 'no-store')
})

test('[X4] a school may log in at once, but not for ever; --rate-limit off ends that', async (t) => {
  const limited = await startServer({
    test: t,
    adjust: (config) => ({ ...config, net: { ...config.net, logins: { burst: 5, perSecond: 0.5 } } }),
  })
  for (let n = 0; n < 5; n += 1) await login(limited)
  const response = await fetch(`${limited.url}/login`, { method: 'POST', body: '{}' })
  assert.deepEqual([response.status, response.headers.get('retry-after')], [429, '2'])
  assert.equal((await response.json()).code, 'too_fast')
  const free = await started(t, '--rate-limit', 'off')
  for (let n = 0; n < 20; n += 1) await login(free)
})

test('[S9] a session that is not used for long is over', async (t) => {
  const clock = fakeClock()
  const server = await startServer({ test: t, clock, flags: ['--forget-guests', '10d'] })
  const { user, token } = await login(server)
  for (let n = 0; n < 3; n += 1) {
    clock.set(clock.now() + 9 * day)
    assert.equal((await login(server, {}, token)).user.id, user.id)
  }
  clock.set(clock.now() + 11 * day)
  await assert.rejects(login(server, {}, token), /401/)
})

test('[S9] no session lasts longer than 90 days, but who logs in again stays the same person', async (t) => {
  const clock = fakeClock()
  const server = await startServer({ test: t, clock })
  const first = await login(server)
  let newest = first.token
  for (let days = 0; days < 200; days += 20) {
    const again = await login(server, {}, newest)
    assert.equal(again.user.id, first.user.id)
    newest = again.token
    clock.set(clock.now() + 20 * day)
  }
  await assert.rejects(login(server, {}, first.token), /401/)
})

test('[T5] one person may be here twice', async (t) => {
  const server = await started(t)
  const ada = await joinAs(server, 'ada')
  const again = await joinAgain(server, ada)
  assert.equal(again.hello.user.id, ada.hello.user.id)
})
