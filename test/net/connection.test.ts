import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { encode } from '../../src/net/frame.ts'
import { scene, settle, token } from '../support/net.ts'
import { clientFrame } from '../support/raw.ts'

test('[P8] a ping goes out every 25 s ± 20 %, and the application heartbeat with it', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect()
  let pings = 0
  ws.on('ping', () => {
    pings += 1
  })
  for (let second = 0; second < 120; second += 1) {
    clock.advance(1000)
    if (second % 5 === 0) await settle(ws)
  }
  await settle(ws)
  assert.equal(pings, ear.beats)
  assert.ok(pings >= 4 && pings <= 6, `${pings} pings in two minutes`)
  assert.equal(ws.readyState, ws.OPEN)
})

test('[P3] who gives no sign of life for 10 s after a ping is gone', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear, closed } = await connect(false)
  clock.advance(30_000)
  assert.equal(ear.beats, 1)
  await once(ws, 'ping')
  clock.advance(10_000)
  assert.equal(await closed, 4001)
  await ear.gone
})

test('any byte is a sign of life, not only the answer to the ping', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect(false)
  for (let second = 0; second < 100; second += 1) {
    clock.advance(1000)
    ws.send(`${second}`)
    await settle(ws)
  }
  assert.ok(ear.beats >= 3)
  assert.equal(ear.heard.length, 100)
})

test('a server that slept does not blame the silence on the people', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect(false)
  while (ear.beats === 0) clock.advance(1000)
  await once(ws, 'ping')
  clock.sleep(15_000)
  await settle(ws)
  assert.equal(ws.readyState, ws.OPEN)
})

test('nobody is held silent while the server itself does not read', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect(false)
  ear.link.pause()
  clock.advance(120_000)
  ear.link.resume()
  await settle(ws)
  assert.equal(ws.readyState, ws.OPEN)
})

test('while it is paused, texts wait in order, also those of the same chunk', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  ear.onText = () => ear.link.pause()
  for (let n = 0; n < 20; n += 1) ws.send(`${n}`)
  while (ear.heard.length < 20) {
    const before = ear.heard.length
    ear.link.resume()
    assert.ok(ear.heard.length - before <= 1, 'one at a time')
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.deepEqual(
    ear.heard,
    Array.from({ length: 20 }, (_, n) => `${n}`),
  )
})

test('texts that come before the engine is ready wait for it', async (t) => {
  const it = await scene(t)
  const ready = Promise.withResolvers<void>()
  it.greet = async (ear) => {
    // The answer to the upgrade waits for the engine, but not for longer than this.
    it.clock.advance(1000)
    await ready.promise
    return ear
  }
  const { ws, ear } = await it.connect()
  const heard = new Promise((resolve) => {
    ear.onText = resolve
  })
  ws.send('early')
  ready.resolve()
  assert.equal(await heard, 'early')
})

test('the engine is told of a connection that went while it was being made', async (t) => {
  const it = await scene(t)
  const ready = Promise.withResolvers<void>()
  it.greet = async (ear) => {
    // The answer to the upgrade waits for the engine, but not for longer than this.
    it.clock.advance(1000)
    await ready.promise
    return ear
  }
  const { ws, ear, closed } = await it.connect()
  ws.terminate()
  await closed
  while (it.net.size > 0) await new Promise((resolve) => setImmediate(resolve))
  ready.resolve()
  await ear.gone
})

test('when the engine cannot serve somebody, they are told to come back', async (t) => {
  const it = await scene(t)
  it.greet = () => Promise.reject(new Error('the store is gone'))
  const { closed } = await it.connect()
  assert.equal(await closed, 1012)
})

test('[R22] what a reader does not take shows as backlog, and it is told when that is gone', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  ws.pause()
  const frame = encode('x'.repeat(60_000))
  // The system takes some megabytes before it shows.
  for (let n = 0; n < 1000 && ear.link.backlog < 128 * 1024; n += 1) {
    ear.link.write(frame)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(ear.link.backlog >= 128 * 1024)
  assert.deepEqual([ear.behinds, ear.drains], [1, 0])
  const drained = new Promise<void>((resolve) => {
    ear.drained = resolve
  })
  ws.resume()
  await drained
  assert.ok(ear.link.backlog < 32 * 1024)
})

test('[R22] who is behind before the engine has greeted them is known to be when it has', async (t) => {
  const world = await scene(t)
  world.greet = async (ear) => {
    for (let n = 0; n < 1000 && ear.link.backlog < 128 * 1024; n += 1)
      ear.link.write(encode('x'.repeat(60_000)))
    return ear
  }
  const { ws, ear } = await world.connect()
  assert.equal(ear.behinds, 1)
  ws.terminate()
})

test('[R22] what is lent beyond the mark makes behind at once', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  ws.pause()
  const page = encode('x'.repeat(60_000))
  for (let n = 0; n < 1000 && ear.link.backlog <= 32 * 1024; n += 1) ear.link.lend(page, () => undefined)
  assert.equal(ear.behinds, 1)
})

test('[R22] what was lent is given back when it is taken, and arrives as it was until then', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  const heard: string[] = []
  ws.on('message', (data: Buffer) => heard.push(data.toString()))
  ws.pause()
  let back = 0
  let sent = 0
  for (; sent < 1000 && ear.link.backlog < 256 * 1024; sent += 1) {
    const frame = encode(String(sent % 10).repeat(60_000))
    ear.link.lend(frame, () => {
      back += 1
      // As the next page would.
      frame.fill(0)
    })
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(back < sent)
  ws.resume()
  while (back < sent || heard.length < sent) await settle(ws)
  const isWhole = (text: string, n: number) => text === String(n % 10).repeat(60_000)
  assert.ok(heard.filter((text) => text.length === 60_000).every(isWhole))
})

test('[R22] what was lent to a connection that breaks, or is gone, is given back', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  ws.pause()
  let back = 0
  let sent = 0
  for (; sent < 1000 && ear.link.backlog < 256 * 1024; sent += 1) {
    ear.link.lend(encode('x'.repeat(60_000)), () => {
      back += 1
    })
    await new Promise((resolve) => setImmediate(resolve))
  }
  const before = back
  ws.terminate()
  await ear.gone
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(before < sent && back === sent, `${back} of ${sent} came back`)
  ear.link.lend(encode('too late'), () => {
    back += 1
  })
  assert.equal(back, sent + 1)
})

test('[R23] a reader that takes nothing for a minute is cut, and its memory freed', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear, closed } = await connect()
  ws.pause()
  const frame = encode('x'.repeat(60_000))
  for (let n = 0; n < 1000 && ear.link.backlog < 256 * 1024; n += 1) {
    ear.link.write(frame)
    await new Promise((resolve) => setImmediate(resolve))
  }
  // It still sends, so it is not silent.
  for (let second = 0; second < 59; second += 1) {
    clock.advance(1000)
    ws.ping()
    if (second % 5 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(ear.link.backlog > 128 * 1024)
  clock.advance(3000)
  await ear.gone
  assert.equal(ear.link.backlog, 0)
  ws.resume()
  assert.equal(await closed, 1006)
})

test('[R24] a half-open peer is cut as well when little is left for it, though it is paused', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect(false)
  ws.pause()
  const frame = encode('x'.repeat(20_000))
  for (let n = 0; n < 1000 && ear.link.backlog < 40 * 1024; n += 1) {
    ear.link.write(frame)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.ok(ear.link.backlog >= 40 * 1024 && ear.link.backlog < 128 * 1024)
  ear.link.pause()
  let isGone = false
  void ear.gone.then(() => {
    isGone = true
  })
  for (let second = 0; second < 65; second += 1) clock.advance(1000)
  for (let n = 0; n < 20 && !isGone; n += 1) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(isGone)
  ws.terminate()
})

test('a large write that is taken at once is no backlog', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  for (let n = 0; n < 10; n += 1) {
    ear.link.write(encode('x'.repeat(40_000)))
    await once(ws, 'message')
  }
  assert.deepEqual([ear.behinds, ear.drains], [0, 0])
})

test('writing to a connection that is closed does nothing', async (t) => {
  const { connect } = await scene(t)
  const { ear, closed, ws } = await connect()
  const texts: string[] = []
  ws.on('message', (data: Buffer) => texts.push(data.toString()))
  ear.link.write(encode('before'))
  ear.link.close(4500, 'enough')
  ear.link.write(encode('after'))
  ear.link.close(4000, 'twice')
  assert.equal(await closed, 4500)
  await ear.gone
  ear.link.write(encode('long after'))
  ear.link.pause()
  ear.link.resume()
  assert.deepEqual(texts, ['before'])
})

test('[S3] a session that no longer holds ends also for who stays connected for weeks', async (t) => {
  const it = await scene(t)
  const { ws, closed } = await it.connect()
  for (let minute = 0; minute < 130; minute += 1) {
    for (let second = 0; second < 60; second += 10) it.clock.advance(1000)
    await settle(ws)
  }
  assert.equal(ws.readyState, ws.OPEN)
  it.holds = false
  it.clock.sleep(3_700_000)
  assert.equal(await closed, 4500)
})

test('[S3] a session that ends while its socket is being let in ends that socket too', async (t) => {
  const it = await scene(t)
  const lookup = Promise.withResolvers<void>()
  it.lookup = lookup.promise
  const connecting = it.connect()
  // The upgrade is waiting for the store by the time that the server answers something else.
  await fetch(`${it.url}/healthz`)
  it.lookup = Promise.resolve()
  const headers = { authorization: `Bearer ${token}` }
  assert.equal((await fetch(`${it.url}/logout`, { method: 'POST', headers })).status, 200)
  lookup.resolve()
  const { closed } = await connecting
  assert.equal(await closed, 4500)
})

test('a peer that does not take leave is gone a second after we have', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  ws.pause()
  const before = performance.now()
  ear.link.close(4500, 'enough')
  await ear.gone
  assert.ok(performance.now() - before < 1900)
  ws.terminate()
})

test('[R27] who sends hundreds of texts at once has some heard in a turn, and others are heard in between', async (t) => {
  const { connect } = await scene(t)
  const [loud, quiet] = [await connect(), await connect()]
  const heard: string[] = []
  loud.ear.onText = (text) => heard.push(text)
  quiet.ear.onText = (text) => heard.push(text)
  const many = Array.from({ length: 300 }, (_, n) => String(n))
  // In one piece, as a flooder writes.
  const socket: Socket = Reflect.get(loud.ws, '_socket')
  socket.write(Buffer.concat(many.map((text) => clientFrame(text))))
  quiet.ws.send('me too')
  while (heard.length < 301) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(heard.indexOf('me too') < 100, `it was heard as number ${heard.indexOf('me too')}`)
  assert.deepEqual(loud.ear.heard, many)
})

test('texts that come with the close frame right behind them are all heard', async (t) => {
  const { connect } = await scene(t)
  const { ws, ear } = await connect()
  const many = Array.from({ length: 40 }, (_, n) => String(n))
  const socket: Socket = Reflect.get(ws, '_socket')
  const close = clientFrame(Buffer.from([3, 232]), { opcode: 8 })
  socket.write(Buffer.concat([...many.map((text) => clientFrame(text)), close]))
  await ear.gone
  assert.deepEqual(ear.heard, many)
})

test('[R22] a reader found behind because of pongs alone is told when that is over', async (t) => {
  const { clock, connect } = await scene(t)
  const { ws, ear } = await connect()
  const frameOf = (bytes: number) => encode('x'.repeat(bytes - 4))
  ws.pause()
  while (ear.link.backlog === 0) {
    ear.link.write(frameOf(16_384))
    await new Promise((resolve) => setImmediate(resolve))
  }
  // Up to the mark exactly, so that no write of ours goes over it.
  ear.link.write(frameOf(32 * 1024 - ear.link.backlog))
  const socket: Socket = Reflect.get(ws, '_socket')
  for (let n = 0; n < 3; n += 1) socket.write(clientFrame('12345678', { opcode: 9 }))
  while (ear.link.backlog <= 32 * 1024) await new Promise((resolve) => setImmediate(resolve))
  assert.equal(ear.behinds, 0)
  clock.advance(1000)
  assert.equal(ear.behinds, 1)
  ws.resume()
  while (ear.link.backlog > 0) await new Promise((resolve) => setImmediate(resolve))
  clock.advance(1000)
  assert.equal(ear.drains, 1)
})
