import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { NetServer } from '../../src/net/server.ts'
import { netDefaults } from '../../src/net/settings.ts'
import type { Assets } from '../../src/net/static.ts'
import { readAssets, serve } from '../../src/net/static.ts'
import type { Visit } from '../../src/net/visit.ts'
import { fakeClock } from '../support/clock.ts'
import { memoryLog } from '../support/log.ts'
import { rawSocket } from '../support/raw.ts'
import { tempFolder } from '../support/server.ts'

function assets(test: TestContext): Assets {
  const folder = tempFolder(test)
  mkdirSync(join(folder, 'assets'))
  const script = 'alert("hi")'.repeat(100)
  writeFileSync(join(folder, 'index.html'), '<p>page</p>')
  writeFileSync(join(folder, 'assets', 'main-ABCD1234.js'), script)
  writeFileSync(join(folder, 'assets', 'main-ABCD1234.js.gz'), gzipSync(script))
  writeFileSync(join(folder, 'assets', 'main-ABCD1234.js.br'), 'as if by brotli')
  writeFileSync(join(folder, 'secret.key'), 'secret')
  writeFileSync(join(folder, '.inputs'), 'hash')
  return readAssets(folder)
}

function get(all: Assets, path: string, headers: Record<string, string> = {}) {
  const seat = { isSecure: false, host: 'chat.example' }
  const visit: Visit = { ...seat, method: 'GET', path, address: '', headers, token: null, by: null }
  return serve(all, visit)
}

test('the page is what / and a link into a room show', (t) => {
  const all = assets(t)
  for (const path of ['/', '/r/ABCDE-FGHJK', '/index.html']) {
    const answer = get(all, path)
    assert.equal(String(answer?.body), '<p>page</p>', path)
    assert.equal(answer?.headers['cache-control'], 'no-cache')
    assert.match(String(answer?.headers['content-type']), /^text\/html/)
  }
  for (const path of ['/r/', '/r/a/b', `/r/${'x'.repeat(65)}`, '/rx'])
    assert.equal(get(all, path), null, path)
})

test('what has its hash in its name is kept for ever', (t) => {
  const answer = get(assets(t), '/assets/main-ABCD1234.js')
  assert.equal(answer?.headers['cache-control'], 'public, max-age=31536000, immutable')
  assert.match(String(answer?.headers['content-type']), /^text\/javascript/)
})

test('the best coding that the browser accepts is sent', (t) => {
  const all = assets(t)
  const codings: [accepted: string, coding: string | undefined][] = [
    ['gzip, deflate, br', 'br'],
    ['gzip', 'gzip'],
    ['GZIP;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br; q=0.000', undefined],
    ['', undefined],
    ['brotli', undefined],
  ]
  for (const [accepted, coding] of codings) {
    const answer = get(all, '/assets/main-ABCD1234.js', { 'accept-encoding': accepted })
    assert.equal(answer?.headers['content-encoding'], coding, accepted)
    assert.equal(answer?.headers.vary, 'accept-encoding')
  }
})

test('a browser that has it already is told so', (t) => {
  const all = assets(t)
  const tag = String(get(all, '/')?.headers.etag)
  const again = get(all, '/', { 'if-none-match': tag })
  assert.deepEqual([again?.status, again?.body], [304, ''])
  for (const header of [`W/${tag}`, `"other", ${tag}`, `W/"other",W/${tag}`, '*'])
    assert.equal(get(all, '/', { 'if-none-match': header })?.status, 304, header)
  for (const header of ['"other"', '', tag.slice(1, -1), `x${tag}`])
    assert.equal(get(all, '/', { 'if-none-match': header })?.status, 200, header)
})

test('each coding of a file has a tag of its own, and only that one is not modified', (t) => {
  const all = assets(t)
  const accepted = ['', 'gzip', 'br']
  const ask = (coding: string, headers: Record<string, string> = {}) =>
    get(all, '/assets/main-ABCD1234.js', { 'accept-encoding': coding, ...headers })
  const tags = accepted.map((coding) => String(ask(coding)?.headers.etag))
  assert.equal(new Set(tags).size, 3)
  for (const [at, tag] of tags.entries())
    for (const coding of accepted) {
      const answer = ask(coding, { 'if-none-match': tag })
      assert.equal(answer?.status, coding === accepted[at] ? 304 : 200, `${tag} ${coding}`)
      assert.equal(answer?.headers.etag, tags[accepted.indexOf(coding)])
    }
})

test('what is not modified claims no length, and the connection goes on', async (t) => {
  const about = { version: '0', synchronous: 'full' as const }
  const parts = { settings: netDefaults, about, clock: fakeClock(), log: memoryLog() }
  const server = new NetServer({ ...parts, assets: assets(t) })
  const raw = await rawSocket(await server.listen(0, '127.0.0.1'))
  t.after(() => {
    server.stopAccepting()
    return server.close(0)
  })
  raw.socket.write('HEAD / HTTP/1.1\r\nHost: chat.example\r\n\r\n')
  const tag = /^etag: (.*)\r$/m.exec(await raw.until('\r\n\r\n'))?.[1]
  const again = `GET / HTTP/1.1\r\nHost: chat.example\r\nIf-None-Match: ${tag}\r\n\r\n`
  raw.socket.write(`${again}GET /healthz HTTP/1.1\r\nHost: chat.example\r\nConnection: close\r\n\r\n`)
  const [, notModified = '', health = ''] = (await raw.ended).split('\r\n\r\n')
  assert.match(notModified, /^HTTP\/1\.1 304 /)
  assert.doesNotMatch(notModified, /^(content-length|transfer-encoding):/im)
  assert.match(health, /^HTTP\/1\.1 200 /)
})

test('nothing is served but what has a type, and no path leads out of the folder', (t) => {
  const all = assets(t)
  const paths = [
    '/secret.key',
    '/.inputs',
    '/../secret.key',
    '/assets/../index.html',
    '/assets',
    '/assets/main-ABCD1234.js.gz',
  ]
  for (const path of paths) assert.equal(get(all, path), null, path)
})

test('without a build the page says what to do', () => {
  const answer = get(readAssets('/nowhere/at/all'), '/')
  assert.equal(answer?.status, 503)
  assert.match(String(answer?.body), /npm run build/)
})
