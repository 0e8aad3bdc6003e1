import assert from 'node:assert/strict'
import { request } from 'node:http'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fakeClock } from '../support/clock.ts'
import { rawSocket } from '../support/raw.ts'
import type { ServerOptions, TestServer } from '../support/server.ts'
import { startServer } from '../support/server.ts'

interface Got {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
}

/** Unlike `fetch` it sends what it is told. */
function send(
  place: { port: number },
  method: string,
  path: string,
  headers = {},
  body: string | Buffer = '',
): Promise<Got> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: place.port, host: '127.0.0.1', method, path, headers, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        )
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

const started = (test: TestContext): Promise<TestServer> =>
  startServer({ test, flags: ['--rate-limit', 'off'] })

test('[O6] healthz says that it lives and how it writes; readyz that it is open', async (t) => {
  const server = await started(t)
  const health = await send(server, 'GET', '/healthz')
  assert.equal(health.status, 200)
  assert.deepEqual(JSON.parse(health.text), {
    status: 'ok',
    version: '0.0.0-test',
    pid: process.pid,
    synchronous: 'full',
  })
  const ready = await send(server, 'GET', '/readyz')
  assert.deepEqual([ready.status, ready.text], [200, '{"status":"ready"}'])
})

test('every answer keeps the browser on a short lead', async (t) => {
  const server = await started(t)
  for (const path of ['/healthz', '/', '/nowhere']) {
    const { headers } = await send(server, 'GET', path)
    const policy = String(headers['content-security-policy'])
    assert.match(policy, /default-src 'none'/)
    assert.match(policy, /require-trusted-types-for 'script'/)
    assert.doesNotMatch(policy, /unsafe|\*/)
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.equal(headers['referrer-policy'], 'no-referrer')
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin')
    assert.equal(headers['x-powered-by'], undefined)
  }
})

test('a wrong method is told the right ones, an unknown path is not found', async (t) => {
  const server = await started(t)
  const wrong: [method: string, path: string, allow: string][] = [
    ['GET', '/login', 'POST'],
    ['PUT', '/login', 'POST'],
    ['DELETE', '/logout', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
    ['OPTIONS', '/login', 'POST'],
  ]
  for (const [method, path, allow] of wrong) {
    const { status, headers, text } = await send(server, method, path)
    assert.deepEqual(
      [status, headers.allow, JSON.parse(text).code],
      [405, allow, 'bad_method'],
      `${method} ${path}`,
    )
  }
  for (const path of [
    '/nowhere',
    '//',
    '//evil.example',
    '/%E0%A4%A',
    '/..%2f..%2fetc/passwd',
    '/.inputs',
    '*',
  ]) {
    const { status, text } = await send(server, 'GET', path)
    assert.deepEqual([status, JSON.parse(text).code], [404, 'not_found'], path)
  }
})

test('[S5] no answer tells a browser that a page of another origin may read it, also of one that is trusted', async (t) => {
  const origin = 'https://site.example'
  const server = await startServer({ test: t, flags: ['--allow-origin', origin] })
  const asked = { origin, 'access-control-request-method': 'POST' }
  const preflight = await send(server, 'OPTIONS', '/login', asked)
  assert.equal(preflight.status, 405)
  const json = { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' }
  const login = await send(server, 'POST', '/login', { ...json, origin }, '{}')
  assert.equal(login.status, 200)
  for (const { headers } of [preflight, login])
    assert.deepEqual(
      Object.keys(headers).filter((name) => name.startsWith('access-control-')),
      [],
    )
})

test('HEAD answers like GET, without the body', async (t) => {
  const server = await started(t)
  const { status, headers, text } = await send(server, 'HEAD', '/healthz')
  assert.deepEqual([status, text], [200, ''])
  assert.ok(Number(headers['content-length']) > 10)
})

test('/ws without an upgrade says what is missing; another upgrade is not asked for', async (t) => {
  const server = await started(t)
  const plain = await send(server, 'GET', '/ws')
  assert.deepEqual([plain.status, plain.headers.upgrade], [426, 'websocket'])
  const h2c = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQAAP__' }
  assert.equal((await send(server, 'GET', '/healthz', h2c)).status, 200)
})

test('[S15] a body that is too long, compressed, no JSON or no object gets its error and nothing else', async (t) => {
  const server = await started(t)
  const json = { 'content-type': 'application/json' }
  const bodies: [body: string, headers: object, status: number][] = [
    [`{"name":"${'x'.repeat(5000)}"}`, json, 413],
    ['{}', { ...json, 'content-encoding': 'gzip' }, 415],
    ['{', json, 400],
    ['null', json, 400],
    ['[]', json, 400],
    ['"ada"', json, 400],
    ['{"name":1}', json, 400],
    ['{"name":null}', json, 400],
    ['{"name":""}', json, 400],
    [`{"name":"${'x'.repeat(41)}"}`, json, 400],
    ['['.repeat(4000), json, 400],
  ]
  for (const [body, headers, status] of bodies) {
    const got = await send(server, 'POST', '/login', headers, body)
    const { code, why, ...rest } = JSON.parse(got.text)
    assert.deepEqual([got.status, code, rest], [status, 'bad_frame', {}], body.slice(0, 20))
    assert.doesNotMatch(why, /\bat |node:|\.ts|SELECT|JSON\.parse/)
  }
  const latin = await send(server, 'POST', '/login', json, Buffer.from('{"name":"\xe9"}', 'latin1'))
  assert.equal(latin.status, 400, 'no UTF-8')
})

test('[R28] one address does not take all places with requests that it never ends', async (t) => {
  const adjust: ServerOptions['adjust'] = (config) => ({
    ...config,
    net: { ...config.net, connections: 8, connectionsPerAddress: 4, trustProxy: ['127.0.0.9'] },
  })
  // Half of 8 and 128.
  const most = 68
  const clock = fakeClock()
  const server = await startServer({ test: t, clock, adjust })
  const begin = async (from: string) => {
    const raw = await rawSocket(server.port, from)
    raw.socket.write('POST /login HTTP/1.1\r\nHost: chat.example\r\nContent-Length: 100\r\n\r\n')
    return raw
  }
  const drops = () => server.log.of('connection_dropped').length
  const health = async (from: string) => {
    const raw = await rawSocket(server.port, from)
    raw.socket.write('GET /healthz HTTP/1.1\r\nHost: chat.example\r\nConnection: close\r\n\r\n')
    return (await raw.ended).slice(9, 12)
  }
  const greedy = await Promise.all(Array.from({ length: most }, () => begin('127.0.0.2')))
  for (let n = 0; n < 20; n += 1) assert.equal(await health('127.0.0.2'), '', 'it is dropped')
  assert.equal(drops(), 1, 'the log is not flooded')
  clock.advance(1000)
  assert.equal(await health('127.0.0.2'), '')
  assert.equal(drops(), 2)
  assert.equal(await health('127.0.0.3'), '200')
  assert.equal(await health('127.0.0.9'), '200')
  greedy[0]?.socket.end('x'.repeat(100))
  await greedy[0]?.ended
  assert.equal(await health('127.0.0.2'), '200', 'a place that is left is free')
  for (const { socket } of greedy) socket.destroy()
})

test('[R28] a trusted proxy may have all places, because many are behind it', async (t) => {
  const adjust: ServerOptions['adjust'] = (config) => ({
    ...config,
    net: { ...config.net, connections: 8, connectionsPerAddress: 4 },
  })
  const server = await startServer({ test: t, adjust })
  const all = await Promise.all(Array.from({ length: 135 }, () => rawSocket(server.port)))
  assert.equal((await send(server, 'GET', '/healthz')).status, 200)
  for (const { socket } of all) socket.destroy()
})

test('[O7] while it stops it takes nobody, and says so', async (t) => {
  const server = await started(t)
  await server.stop()
  await assert.rejects(send(server, 'GET', '/healthz'), { code: 'ECONNREFUSED' })
})
