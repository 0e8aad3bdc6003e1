import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { objectToChange, objectToSocket } from '../../src/net/origin.ts'
import type { Visit } from '../../src/net/visit.ts'

function visit(headers: IncomingHttpHeaders, more: Partial<Visit> = {}): Visit {
  const seat = { isSecure: false, host: 'chat.example:8080' }
  const rest = { method: 'POST', path: '/login', address: '192.0.2.1', token: null, by: null }
  return { ...seat, ...rest, headers, ...more }
}

const own = 'http://chat.example:8080'
const json = { 'content-type': 'application/json' }
const maySocket = (headers: IncomingHttpHeaders, more: Partial<Visit> = {}, allowed: string[] = []) =>
  objectToSocket(visit(headers, more), allowed) === null
const mayChange = (headers: IncomingHttpHeaders, more: Partial<Visit> = {}, allowed: string[] = []) =>
  objectToChange(visit(headers, more), allowed) === null

test('[S4] a socket with a cookie comes from our own page and no other', () => {
  const variants: [origin: string, may: boolean][] = [
    [own, true],
    ['null', false],
    ['http://evil.example', false],
    ['http://chat.example', false],
    ['http://chat.example:8081', false],
    ['https://chat.example:8080', false],
    ['http://evil-chat.example:8080', false],
    ['http://chat.example:8080.evil.example', false],
    ['http://evil.example/chat.example:8080', false],
    ['http://chat.example.:8080', false],
    ['HTTP://CHAT.EXAMPLE:8080', false],
    ['http://chát.example:8080', false],
    ['http://user@chat.example:8080', false],
    ['', false],
  ]
  for (const [origin, may] of variants) assert.equal(maySocket({ origin }, { by: 'cookie' }), may, origin)
})

test('[S4] without an Origin only a bearer token opens a socket', () => {
  assert.equal(maySocket({}, { by: 'cookie' }), false)
  assert.equal(maySocket({}, { by: 'bearer' }), true)
  assert.equal(maySocket({ origin: 'http://evil.example' }, { by: 'bearer' }), true)
})

test('behind TLS the origin is https, and without a host nothing matches', () => {
  assert.equal(maySocket({ origin: 'https://chat.example:8080' }, { by: 'cookie', isSecure: true }), true)
  assert.equal(maySocket({ origin: own }, { by: 'cookie', isSecure: true }), false)
  assert.equal(maySocket({ origin: 'http://' }, { by: 'cookie', host: '' }), false)
})

test('[X3] an origin that is allowed may do what our own page may', () => {
  const allowed = ['https://site.example']
  assert.equal(maySocket({ origin: 'https://site.example' }, { by: 'cookie' }, allowed), true)
  const crossSite = { ...json, origin: 'https://site.example', 'sec-fetch-site': 'cross-site' }
  assert.equal(mayChange(crossSite, {}, allowed), true)
  assert.equal(mayChange({ ...crossSite, origin: 'https://other.example' }, {}, allowed), false)
})

test('[S5] a change needs our own page and a content type that no form can send', () => {
  const page = { ...json, origin: own, 'sec-fetch-site': 'same-origin', cookie: 'x' }
  assert.equal(mayChange(page), true)
  assert.equal(mayChange({ ...page, 'content-type': 'application/json; charset=utf-8' }), true)
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', '']) {
    assert.equal(mayChange({ ...page, 'content-type': type }), false, type)
  }
  const { 'content-type': _, ...untyped } = page
  assert.equal(mayChange(untyped), false)
  for (const site of ['cross-site', 'same-site', 'none'] as const) {
    assert.equal(mayChange({ ...page, 'sec-fetch-site': site }), false, `${site}`)
  }
})

test('[S5] an older browser, which sends an Origin only, is judged by that', () => {
  assert.equal(mayChange({ ...json, origin: own }), true)
  assert.equal(mayChange({ ...json, origin: 'http://evil.example' }), false)
  assert.equal(mayChange({ ...json, origin: 'null' }), false)
  assert.equal(mayChange({ ...json, cookie: 'x' }), false)
})

test('[S5] a script needs no Origin: it has a token, or no cookie', () => {
  assert.equal(mayChange({}, { by: 'bearer' }), true)
  assert.equal(mayChange({ cookie: 'x', origin: 'http://evil.example' }, { by: 'bearer' }), true)
  assert.equal(mayChange({}), true)
})
