import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { trustOf } from '../../src/net/address.ts'
import { clearCookie, cookieName, readCookie, setCookie } from '../../src/net/cookie.ts'
import { readVisit } from '../../src/net/visit.ts'

const token = 'a'.repeat(43)

function visit(target: string, headers: Record<string, string> = {}, peer = '127.0.0.1') {
  const socket = new Socket()
  Object.defineProperty(socket, 'remoteAddress', { value: peer })
  const request = new IncomingMessage(socket)
  request.url = target
  request.method = 'GET'
  Object.assign(request.headers, headers)
  return readVisit(request, trustOf('loopback'))
}

test('any target has a path or none, and none of them throws', () => {
  const targets: [target: string, path: string | null][] = [
    ['/', '/'],
    ['/login?x=/y', '/login'],
    ['/a#b', '/a'],
    ['//', '//'],
    ['//evil.example/login', '//evil.example/login'],
    ['http://chat.example/login?x', '/login'],
    ['http://chat.example', '/'],
    ['https://[::1]:8080/ws', '/ws'],
    ['*', null],
    ['', null],
    ['chat.example:443', null],
    ['/%E0%A4%A', '/%E0%A4%A'],
  ]
  for (const [target, path] of targets) assert.equal(visit(target).path, path, target)
})

test('a bearer token goes before a cookie, and only what looks like a token is one', () => {
  const cookie = `x=1; parlour-8080=${token}; y`
  const host = '127.0.0.1:8080'
  assert.deepEqual([visit('/', { host, cookie }).token, visit('/', { host, cookie }).by], [token, 'cookie'])
  const both = visit('/', { host, cookie, authorization: `Bearer ${'b'.repeat(43)}` })
  assert.deepEqual([both.token, both.by], ['b'.repeat(43), 'bearer'])
  for (const value of ['%E0%A4%A', '', 'short', `${token}x`, '"'.repeat(43)]) {
    assert.equal(visit('/', { host, cookie: `parlour-8080=${value}` }).token, null, value)
  }
})

test('[S4] the cookie has a name of its own for each scheme and port, and cannot be read by scripts', () => {
  assert.equal(cookieName({ isSecure: true, host: 'chat.example' }), '__Host-parlour')
  assert.equal(cookieName({ isSecure: false, host: 'chat.example' }), 'parlour-80')
  assert.equal(cookieName({ isSecure: false, host: '[::1]:8080' }), 'parlour-8080')
  const secure = setCookie({ isSecure: true, host: 'chat.example' }, token)
  assert.equal(secure, `__Host-parlour=${token}; Max-Age=7776000; Path=/; HttpOnly; SameSite=Lax; Secure`)
  const plain = clearCookie({ isSecure: false, host: 'localhost:8080' })
  assert.equal(plain, 'parlour-8080=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax')
})

test('cookies are found among others and never decoded', () => {
  assert.equal(readCookie('a=1; b=%E0%A4%A;c=3', 'b'), '%E0%A4%A')
  assert.equal(readCookie('ab=1; =; ;;', 'b'), null)
  assert.equal(readCookie(undefined, 'b'), null)
})

test('[S16] scheme and host are those that a trusted proxy tells, and nobody else', () => {
  const told = { host: 'inner:3000', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'Chat.Example:443' }
  assert.deepEqual(pick(visit('/', told)), [true, 'chat.example'])
  assert.deepEqual(pick(visit('/', told, '::ffff:127.0.0.1')), [true, 'chat.example'])
  assert.deepEqual(pick(visit('/', told, '192.0.2.1')), [false, 'inner:3000'])
})

const pick = ({ isSecure, host }: { isSecure: boolean; host: string }) => [isSecure, host]
