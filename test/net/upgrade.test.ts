import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fakeClock } from '../support/clock.ts'
import { clientFrame, closeCode, handshake, rawSocket } from '../support/raw.ts'
import type { ServerOptions, TestServer } from '../support/server.ts'
import { spawnServer, startServer } from '../support/server.ts'
import { join, joinAgain, login, openSocket } from '../support/socket.ts'

const started = (test: TestContext, options: ServerOptions = {}): Promise<TestServer> =>
  startServer({ test, ...options })

/** Status and all headers and body of an upgrade with these headers. */
async function ask(place: { port: number }, ...headers: string[]): Promise<{ status: number; text: string }> {
  const raw = await rawSocket(place.port)
  raw.socket.write(handshake(place.port, ...headers))
  const text = await raw.until('\r\n\r\n')
  raw.socket.destroy()
  return { status: Number(text.split(' ')[1]), text }
}

test('[S4] a cookie opens a socket for our own page only', async (t) => {
  const server = await started(t)
  const { token } = await login(server)
  const cookie = `Cookie: parlour-${server.port}=${token}`
  const own = server.url
  const origins: [origin: string | null, status: number][] = [
    [own, 101],
    [null, 403],
    ['null', 403],
    ['http://evil.example', 403],
    [`http://127.0.0.1:${server.port + 1}`, 403],
    ['http://127.0.0.1', 403],
    [`https://127.0.0.1:${server.port}`, 403],
    [`http://127.0.0.1.:${server.port}`, 403],
    [`${own}.evil.example`, 403],
    [`http://evil.127.0.0.1:${server.port}`, 403],
    [own.toUpperCase(), 403],
    [`http://１27.0.0.1:${server.port}`, 403],
    [`${own}/`, 403],
    [`http://localhost:${server.port}`, 403],
  ]
  for (const [origin, status] of origins) {
    const got = await ask(server, cookie, ...(origin === null ? [] : [`Origin: ${origin}`]))
    assert.equal(got.status, status, `${origin}`)
  }
})

test('[S4] a bearer token opens a socket from anywhere; no token and wrong ones open none', async (t) => {
  const server = await started(t)
  const { token } = await login(server)
  assert.equal((await ask(server, `Authorization: Bearer ${token}`)).status, 101)
  assert.equal(
    (await ask(server, `Authorization: Bearer ${token}`, 'Origin: http://evil.example')).status,
    101,
  )
  const refused: [headers: string[], status: number][] = [
    [[], 401],
    [['Authorization: Bearer nonsense'], 401],
    [[`Authorization: Bearer ${'x'.repeat(43)}`], 401],
    [[`Authorization: Basic ${token}`], 401],
    [[`Origin: ${server.url}`], 401],
    [[`Origin: ${server.url}`, `Cookie: parlour-1=${token}`], 401],
    [[`Origin: ${server.url}`, `Cookie: parlour-${server.port}=%E0%A4%A`], 401],
    [['Origin: http://evil.example'], 403],
  ]
  for (const [headers, status] of refused) {
    const got = await ask(server, ...headers)
    assert.equal(got.status, status, headers.join(' | '))
    assert.match(got.text, /content-type: application\/json/)
  }
})

test('[S9] a token in the address opens nothing', async (t) => {
  const server = await started(t)
  const { token } = await login(server)
  const raw = await rawSocket(server.port)
  raw.socket.write(handshake(server.port).replace('/ws', `/ws?token=${token}`))
  assert.match(await raw.ended, /^HTTP\/1\.1 401 /)
  assert.ok(server.log.lines.every((line) => !JSON.stringify(line).includes(token)))
})

test('the path of a socket is exact; a whole address and a query lead there too', async (t) => {
  const server = await started(t)
  const { token } = await login(server)
  const targets: [target: string, status: number][] = [
    ['/ws', 101],
    ['/ws?room=lobby', 101],
    [`HTTP://127.0.0.1:${server.port}/ws`, 101],
    ['/WS', 404],
    ['/Ws', 404],
    [`http://127.0.0.1:${server.port}/WS`, 404],
    ['/ws/', 404],
    ['//ws', 404],
  ]
  for (const [target, status] of targets) {
    const raw = await rawSocket(server.port)
    const head = handshake(server.port, `Authorization: Bearer ${token}`)
    raw.socket.write(head.replace('/ws', target))
    assert.equal(Number((await raw.until('\r\n\r\n')).split(' ')[1]), status, target)
    raw.socket.destroy()
  }
})

test('what comes before the server has recognised the person is not lost', async (t) => {
  const server = await started(t)
  const { token } = await login(server)
  const raw = await rawSocket(server.port)
  const frames = [1, 2, 3].map((ref) => clientFrame(JSON.stringify({ t: 'beat', ref })))
  raw.socket.write(
    Buffer.concat([Buffer.from(handshake(server.port, `Authorization: Bearer ${token}`)), ...frames]),
  )
  const text = await raw.until('"ref":3')
  const order = ['101', '"hello"', '"ref":1', '"ref":2', '"ref":3'].map((part) => text.indexOf(part))
  assert.deepEqual(
    order,
    order.toSorted((a, b) => a - b),
  )
  raw.socket.destroy()
})

test('[R28] one address has so many sockets, one person so many, and the rest go on', async (t) => {
  const server = await started(t, {
    flags: ['--connections-per-address', '4', '--connections-per-person', '2'],
  })
  const ada = await join(server)
  const twice = await joinAgain(server, ada)
  const third = await ask(server, `Authorization: Bearer ${ada.token}`)
  assert.equal(third.status, 503)
  assert.match(third.text, /retry-after: \d+\r\n/)
  await join(server)
  await join(server)
  const { token } = await login(server)
  assert.equal((await ask(server, `Authorization: Bearer ${token}`)).status, 503)
  await twice.socket.close()
  await ada.socket.ask({ t: 'beat' })
  await openSocket(server, token)
  // What one left free is free once.
  assert.equal((await ask(server, `Authorization: Bearer ${token}`)).status, 503)
})

test('[R27] a person may connect so often at once, then so often a second; others are not held up', async (t) => {
  const upgrades = { person: { burst: 3, perSecond: 1 }, address: { burst: 1000, perSecond: 1 } }
  const adjust: ServerOptions['adjust'] = (config) => ({ ...config, net: { ...config.net, upgrades } })
  const clock = fakeClock()
  const server = await started(t, { adjust, clock })
  const [ada, bob] = [await login(server), await login(server)]
  const bearer = `Authorization: Bearer ${ada.token}`
  for (let n = 0; n < 3; n += 1) assert.equal((await ask(server, bearer)).status, 101)
  const refused = await ask(server, bearer)
  assert.deepEqual([refused.status, /retry-after: (\d+)/.exec(refused.text)?.[1]], [429, '1'])
  assert.equal((await ask(server, `Authorization: Bearer ${bob.token}`)).status, 101)
  clock.advance(1000)
  assert.equal((await ask(server, bearer)).status, 101)
})

test('[R27] an address may connect so often at once, whoever comes from it', async (t) => {
  const upgrades = { person: { burst: 1000, perSecond: 1 }, address: { burst: 3, perSecond: 0.1 } }
  const adjust: ServerOptions['adjust'] = (config) => ({ ...config, net: { ...config.net, upgrades } })
  const server = await started(t, { adjust, clock: fakeClock() })
  const { token } = await login(server)
  const from = (address: string) =>
    ask(server, `Authorization: Bearer ${token}`, `X-Forwarded-For: ${address}`)
  for (let n = 0; n < 3; n += 1) {
    assert.equal((await ask(server, `Authorization: Bearer ${'x'.repeat(43)}`)).status, 401)
  }
  const refused = await ask(server, `Authorization: Bearer ${token}`)
  assert.deepEqual([refused.status, /retry-after: (\d+)/.exec(refused.text)?.[1]], [429, '10'])
  assert.equal((await from('203.0.113.7')).status, 101)
})

test('[R27] --rate-limit off lets everybody connect as often as they like', async (t) => {
  const server = await started(t, { flags: ['--rate-limit', 'off'] })
  const { token } = await login(server)
  for (let n = 0; n < 30; n += 1)
    assert.equal((await ask(server, `Authorization: Bearer ${token}`)).status, 101)
})

test('[R28] a full server turns new ones away; a place that is left is free again', async (t) => {
  const adjust: ServerOptions['adjust'] = (config) => ({ ...config, net: { ...config.net, connections: 1 } })
  const server = await started(t, { adjust })
  const ada = await join(server)
  const { token } = await login(server)
  await assert.rejects(openSocket(server, token), /503/)
  await ada.socket.terminate()
  const bob = await openSocket(server, token)
  await bob.get('hello')
})

test('places are given back by those who are refused or leave half way', async (t) => {
  const server = await started(t, { flags: ['--connections-per-address', '2'] })
  const { token } = await login(server)
  for (let n = 0; n < 10; n += 1) {
    await assert.rejects(openSocket(server, 'x'.repeat(43)), /401/)
    const raw = await rawSocket(server.port)
    raw.socket.write(handshake(server.port, `Authorization: Bearer ${token}`))
    raw.socket.resetAndDestroy()
    const broken = await rawSocket(server.port)
    broken.socket.write(
      handshake(server.port, `Authorization: Bearer ${token}`).replace(/Sec-WebSocket-Key.*\r\n/, ''),
    )
    assert.match(await broken.ended, /^HTTP\/1\.1 400 /)
  }
  await (await openSocket(server, token)).get('hello')
})

test('[R30] people are told to come back when the server stops as planned', async (t) => {
  const server = await spawnServer({ test: t })
  const ada = await join(server)
  const raw = await rawSocket(server.port)
  raw.socket.write(handshake(server.port, `Authorization: Bearer ${ada.token}`))
  await raw.until('"hello"')
  const code = server.kill('SIGTERM')
  const bye = await ada.socket.get('bye')
  assert.ok(bye.after >= 0 && bye.after <= 2000)
  assert.equal((await ada.socket.closed).code, 1012)
  assert.equal(closeCode(await raw.ended), 1012)
  assert.equal(await code, 0)
})

test('a socket without any client behind it does not keep the server from stopping', async (t) => {
  const server = await spawnServer({ test: t })
  const idle = await rawSocket(server.port)
  const half = await rawSocket(server.port)
  half.socket.write('GET / HTT')
  const { token } = await login(server)
  const deaf = await rawSocket(server.port)
  deaf.socket.write(handshake(server.port, `Authorization: Bearer ${token}`))
  await deaf.until('"hello"')
  deaf.socket.pause()
  const ended = once(idle.socket, 'close')
  assert.equal(await server.kill('SIGTERM'), 0)
  await ended
  deaf.socket.destroy()
})
