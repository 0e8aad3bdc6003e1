/** Who may what over HTTP: every route and the socket, by every kind of visitor. A route without a row fails. */

import assert from 'node:assert/strict'
import { request } from 'node:http'
import { test } from 'node:test'
import { routes } from '../../src/net/routes.ts'
import { handshake, rawSocket } from '../support/raw.ts'
import type { TestServer } from '../support/server.ts'
import { startServer } from '../support/server.ts'
import { login } from '../support/socket.ts'

/** A script without anything, one with a token, our own page, another's page, a script with a cookie, one logged out. */
const visitors = ['anonymous', 'bearer', 'page', 'foreign', 'cookie', 'ended'] as const
type Visitor = (typeof visitors)[number]
type Statuses = number | Record<Visitor, number>

const change = { anonymous: 200, bearer: 200, page: 200, foreign: 403, cookie: 403, ended: 200 }
const paths: Record<string, { GET: Statuses; POST: Statuses }> = {
  // Who shows a token means to be somebody, and is not made a guest instead.
  '/login': { GET: 405, POST: { ...change, ended: 401 } },
  '/logout': { GET: 405, POST: change },
  '/healthz': { GET: 200, POST: 405 },
  '/readyz': { GET: 200, POST: 405 },
  '/metrics': { GET: 200, POST: 405 },
  '/ws': { GET: 426, POST: 405 },
}
const upgrade: Record<Visitor, number> = {
  anonymous: 401,
  bearer: 101,
  page: 101,
  foreign: 403,
  cookie: 403,
  ended: 401,
}

test('[S1] every route has its row', () => {
  assert.deepEqual(Object.keys(paths).sort(), routes.map(({ path }) => path).sort())
})

test('[S5] who may use which route', async (t) => {
  const server = await startServer({ test: t, flags: ['--rate-limit', 'off'] })
  for (const [path, methods] of Object.entries(paths)) {
    for (const visitor of visitors) {
      const wanted = (status: Statuses) => (typeof status === 'number' ? status : status[visitor])
      const about = `${visitor} ${path}`
      for (const method of ['GET', 'HEAD'])
        assert.equal(await statusOf(server, method, path, visitor), wanted(methods.GET), `${method} ${about}`)
      assert.equal(await statusOf(server, 'POST', path, visitor), wanted(methods.POST), `POST ${about}`)
      for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS'])
        assert.equal(await statusOf(server, method, path, visitor), 405, `${method} ${about}`)
    }
  }
})

test('[S1] who may open a socket', async (t) => {
  const server = await startServer({ test: t, flags: ['--rate-limit', 'off'] })
  for (const visitor of visitors) {
    const headers = Object.entries(await headersOf(server, visitor)).map(
      ([name, value]) => `${name}: ${value}`,
    )
    const raw = await rawSocket(server.port)
    raw.socket.write(handshake(server.port, ...headers))
    const answer = await raw.until('\r\n\r\n')
    raw.socket.destroy()
    assert.equal(Number(answer.split(' ')[1]), upgrade[visitor], visitor)
  }
})

test('[S1] no other path leads anywhere, for anybody', async (t) => {
  const server = await startServer({ test: t, flags: ['--rate-limit', 'off'] })
  for (const path of [
    '/nothing',
    '/rooms/lobby',
    '/parlour.db',
    '/login/',
    '/ws/',
    '/..%2fpackage.json',
    '//ws',
  ])
    for (const visitor of visitors)
      for (const method of ['GET', 'HEAD', 'POST'])
        assert.equal(await statusOf(server, method, path, visitor), 404, `${visitor} ${method} ${path}`)
})

async function headersOf(server: TestServer, visitor: Visitor): Promise<Record<string, string>> {
  if (visitor === 'anonymous') return {}
  const { token } = await login(server)
  const bearer = { authorization: `Bearer ${token}` }
  const cookie = `parlour-${server.port}=${token}`
  switch (visitor) {
    case 'bearer':
      return bearer
    case 'ended':
      await fetch(`${server.url}/logout`, { method: 'POST', headers: bearer })
      return bearer
    case 'page':
      return { cookie, origin: server.url, 'sec-fetch-site': 'same-origin' }
    case 'foreign':
      return { cookie, origin: 'http://evil.example', 'sec-fetch-site': 'cross-site' }
    case 'cookie':
      return { cookie }
  }
}

async function statusOf(server: TestServer, method: string, path: string, visitor: Visitor): Promise<number> {
  const headers = { 'content-type': 'application/json', ...(await headersOf(server, visitor)) }
  const { port } = server
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      answer.resume()
      resolve(answer.statusCode ?? 0)
    })
    asked.on('error', reject)
    asked.end(method === 'POST' ? '{}' : undefined)
  })
}
