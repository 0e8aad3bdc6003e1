import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { fakeClock } from '../support/clock.ts'
import type { FrameOptions, Raw } from '../support/raw.ts'
import { clientFrame, closeCode, handshake, rawSocket, rawWebSocket } from '../support/raw.ts'
import type { TestServer } from '../support/server.ts'
import { startServer } from '../support/server.ts'
import type { Person } from '../support/socket.ts'
import { join, login } from '../support/socket.ts'

interface Scene {
  server: TestServer
  eve: { token: string }
  /** The canary is still there and is answered; nothing was logged as an error. */
  isWell(): Promise<void>
}

/** A server with a healthy person in it, and eve at the door. */
async function scene(test: TestContext): Promise<Scene> {
  const server = await startServer({ test, flags: ['--rate-limit', 'off'] })
  const canary: Person = await join(server, 'canary')
  const eve = await login(server, { name: 'eve' })
  return {
    server,
    eve,
    async isWell() {
      await canary.socket.ask({ t: 'beat' })
      assert.equal(canary.socket.ws.readyState, canary.socket.ws.OPEN)
      assert.deepEqual(
        server.log.lines.filter((line) => line.level === 'error'),
        [],
      )
    },
  }
}

test('[R25] rubbish instead of HTTP is answered with 400 or nothing', async (t) => {
  const { server, isWell } = await scene(t)
  const rubbish: (string | Buffer)[] = [
    'hello\r\n\r\n',
    '\0\0\0\0\r\n\r\n',
    randomBytes(2000),
    'GET / HTTP/9.9\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET  HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /nowhere HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n',
    'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}',
    'CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    clientFrame('hello'),
    Buffer.from('16030100c8010000c403', 'hex'),
  ]
  for (const bytes of rubbish) {
    const raw = await rawSocket(server.port)
    raw.socket.end(bytes)
    const text = await raw.ended
    assert.ok(text === '' || /^HTTP\/1\.1 40\d /.test(text), `${bytes.toString('latin1')} → ${text}`)
    assert.doesNotMatch(text, /\bat |node:|\.ts:/)
  }
  const long = await rawSocket(server.port)
  long.socket.write(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)
  assert.match(await long.ended, /^HTTP\/1\.1 431 /)
  await isWell()
})

test('[R25] strange targets and broken cookies are answered in order', async (t) => {
  const { server, isWell } = await scene(t)
  const targets: [target: string, status: number][] = [
    ['//', 404],
    ['///', 404],
    ['//evil.example/', 404],
    [`http://127.0.0.1:${server.port}/healthz`, 200],
    ['http://', 404],
    ['*', 404],
    ['/%', 404],
    ['/\xff', 404],
    ['/healthz?%E0%A4%A', 200],
    ['/healthz#x', 200],
    [`/r/${'x'.repeat(65)}`, 404],
  ]
  for (const [target, status] of targets) {
    for (const cookie of [
      '',
      'Cookie: %E0%A4%A=%E0%A4%A; =; parlour\r\n',
      `Cookie: ${';'.repeat(3000)}\r\n`,
    ]) {
      const raw = await rawSocket(server.port)
      raw.socket.end(`GET ${target} HTTP/1.1\r\nHost: x\r\n${cookie}Connection: close\r\n\r\n`, 'latin1')
      const text = await raw.ended
      assert.ok([status, 400].includes(Number(text.split(' ')[1])), `${target}: ${text.slice(0, 40)}`)
    }
    const upgrade = await rawSocket(server.port)
    upgrade.socket.end(handshake(server.port, 'Cookie: %E0%A4%A').replace('/ws', target), 'latin1')
    await upgrade.ended
  }
  await isWell()
})

test('[R25] a peer that resets at any instant of the handshake harms nobody', async (t) => {
  const { server, eve, isWell } = await scene(t)
  const whole = Buffer.concat([
    Buffer.from(handshake(server.port, `Authorization: Bearer ${eve.token}`)),
    clientFrame(JSON.stringify({ t: 'room.open', ref: 1, room: 'lobby' })),
    clientFrame(JSON.stringify({ t: 'beat', ref: 2 })),
  ])
  const gone: Promise<string>[] = []
  for (let length = 0; length <= whole.length; length += 3) {
    const raw = await rawSocket(server.port)
    raw.socket.write(whole.subarray(0, length), () => raw.socket.resetAndDestroy())
    gone.push(raw.ended)
  }
  await Promise.all(gone)
  const post = 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"name":'
  for (const cut of [10, 40, post.length]) {
    const raw = await rawSocket(server.port)
    raw.socket.write(post.slice(0, cut), () => raw.socket.resetAndDestroy())
    await raw.ended
  }
  await isWell()
})

test('[R25] a frame that breaks the rules of WebSocket closes its own connection with the right code', async (t) => {
  const { server, eve, isWell } = await scene(t)
  const wrong: [what: string, frames: [payload: string | Buffer, options?: FrameOptions][], code: number][] =
    [
      ['not masked', [['hi', { masked: false }]], 1002],
      ['too long', [['x'.repeat(65_537)]], 1009],
      ['claims to be very long', [['', { length: 2 ** 40 }]], 1009],
      ['claims to be longer than numbers go', [['', { length: 2 ** 60 }]], 1009],
      ['not UTF-8', [[Buffer.from([0xc3, 0x28])]], 1007],
      ['a cut surrogate in UTF-8', [[Buffer.from([0xed, 0xa0, 0x80])]], 1007],
      ['binary', [['hi', { opcode: 2 }]], 1003],
      ['empty binary', [['', { opcode: 2 }]], 1003],
      ['opcode 3', [['hi', { opcode: 3 }]], 1002],
      ['a compressed bit', [['hi', { opcode: 0x41 }]], 1002],
      ['a fragment of nothing', [['hi', { opcode: 0 }]], 1002],
      ['a ping in fragments', [['', { opcode: 9, fin: false }]], 1002],
      ['a ping of 126 bytes', [['x'.repeat(126), { opcode: 9 }]], 1002],
      ['a close code that is none', [[Buffer.from([0, 5]), { opcode: 8 }]], 1002],
      ['a message within a message', [['a', { fin: false }], ['b']], 1002],
      ['many fragments that are too long together', fragments(60, 'x'.repeat(2000)), 1009],
    ]
  for (const [what, frames, code] of wrong) {
    const raw = await rawWebSocket(server.port, eve.token)
    for (const [payload, options] of frames) raw.socket.write(clientFrame(payload, options))
    assert.equal(closeCode(await raw.ended), code, what)
  }
  await isWell()
})

test('[R26] floods end within two seconds, with 4002 or a limit of WebSocket', async (t) => {
  const { server, eve, isWell } = await scene(t)
  const floods: [what: string, frame: Buffer, first?: Buffer][] = [
    ['pings', clientFrame('', { opcode: 9 })],
    ['long pings', clientFrame('x'.repeat(125), { opcode: 9 })],
    ['pongs', clientFrame('', { opcode: 10 })],
    ['empty messages', clientFrame('')],
    ['empty fragments', clientFrame('', { opcode: 0, fin: false }), clientFrame('', { fin: false })],
    ['fragments of a byte', clientFrame('x', { opcode: 0, fin: false }), clientFrame('x', { fin: false })],
  ]
  for (const [what, frame, first] of floods) {
    const raw = await rawWebSocket(server.port, eve.token)
    const before = performance.now()
    if (first) raw.socket.write(first)
    const many = Buffer.concat(Array.from({ length: 1000 }, () => frame))
    const more = () => {
      while (!raw.socket.destroyed && raw.socket.write(many));
    }
    raw.socket.on('drain', more)
    more()
    const code = closeCode(await raw.ended)
    assert.ok(code === 4002 || code === 1008 || code === null, `${what}: ${code}`)
    assert.ok(performance.now() - before < 2000, `${what}: ${performance.now() - before} ms`)
    await isWell()
  }
})

test('[R27] a person who sends message after message without end is cut off', async (t) => {
  const server = await startServer({ test: t })
  const canary = await join(server, 'canary')
  const eve = await login(server, { name: 'eve' })
  const raw = await rawWebSocket(server.port, eve.token)
  const many = Buffer.concat(Array.from({ length: 500 }, () => clientFrame('{"t":"nonsense"}')))
  const more = () => {
    while (!raw.socket.destroyed && raw.socket.write(many));
  }
  raw.socket.on('drain', more)
  more()
  await raw.ended
  assert.equal(server.log.of('flood').length, 1)
  await canary.socket.ask({ t: 'beat' })
})

test('[R24] half a request is not waited for', async (t) => {
  const settings = { headersTimeout: 300, requestTimeout: 600 }
  const server = await startServer({
    test: t,
    adjust: (config) => ({ ...config, net: { ...config.net, ...settings } }),
  })
  const halves = [
    '',
    'GET /healthz HT',
    'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"name"',
  ]
  const raws = await Promise.all(
    halves.map(async (half): Promise<Raw> => {
      const raw = await rawSocket(server.port)
      raw.socket.write(half)
      return raw
    }),
  )
  for (const raw of raws) assert.match(await raw.ended, /^(HTTP\/1\.1 408 |$)/)
})

test('[R24] an unfinished message is not waited for, whatever comes between', async (t) => {
  const clock = fakeClock()
  const server = await startServer({ test: t, clock })
  const { token } = await login(server)
  const raw = await rawWebSocket(server.port, token)
  raw.socket.write(Buffer.concat([clientFrame('{"t":', { fin: false }), clientFrame('a', { opcode: 9 })]))
  await raw.until('\x8a\x01a')
  for (let second = 100; second < 140 && !raw.socket.destroyed; second += 1) {
    clock.advance(1000)
    raw.socket.write(clientFrame(`${second}`, { opcode: 9 }))
    // A sign of life each second, so that it is not silence that ends it.
    await Promise.race([raw.until(`${second}`).catch(() => null), raw.ended])
  }
  assert.match(await raw.ended, /never finished/)
  assert.equal(closeCode(await raw.ended), 4001)
})

function fragments(count: number, payload: string): [payload: string, options: FrameOptions][] {
  return Array.from({ length: count }, (_, n) => [payload, { opcode: n === 0 ? 1 : 0, fin: false }])
}
