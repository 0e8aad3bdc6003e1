import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { WebSocket } from 'ws'
import { Hearing } from '../../src/net/hearing.ts'
import { Line } from '../../src/net/line.ts'
import { fakeClock } from '../support/clock.ts'
import { scene, settle } from '../support/net.ts'
import { clientFrame } from '../support/raw.ts'

const nextTurn = () => new Promise((resolve) => setImmediate(resolve))

/** How many are granted until one is not. */
function granted(hearing: Hearing, address: string): number {
  let count = 0
  while (count < 10_000 && hearing.grants(address)) count += 1
  return count
}

test('[R27] an address has 256 texts heard in a turn, whoever of it sends them, and another has its own', async () => {
  const hearing = new Hearing({ burst: 5000, perSecond: 2000 }, fakeClock())
  assert.equal(granted(hearing, 'a'), 256)
  assert.equal(granted(hearing, 'b'), 256)
  await nextTurn()
  assert.equal(granted(hearing, 'a'), 256)
})

test('[R27] an address has so many texts heard at once, then so many a second', async () => {
  const clock = fakeClock()
  const hearing = new Hearing({ burst: 100, perSecond: 50 }, clock)
  assert.equal(granted(hearing, 'a'), 100)
  await nextTurn()
  assert.equal(granted(hearing, 'a'), 0)
  clock.advance(1000)
  assert.equal(granted(hearing, 'a'), 50)
})

test('without a rate nobody is held back', () => {
  assert.equal(granted(new Hearing(null, fakeClock()), 'a'), 10_000)
})

test('[R27] of those who wait some are read again in a turn, each in its turn, and new ones go first', async () => {
  const hearing = new Hearing({ burst: 5000, perSecond: 2000 }, fakeClock())
  const served: string[] = []
  const speaker = (name: string) => ({ address: 'a', goOn: () => void served.push(name) })
  for (let n = 0; n < 20; n += 1) hearing.wait(speaker(`old ${n}`), true)
  hearing.wait(speaker('new'), false)
  await nextTurn()
  assert.deepEqual(served, ['new', ...Array.from({ length: 15 }, (_, n) => `old ${n}`)])
  await nextTurn()
  assert.equal(served.length, 21)
})

test('[R27] who had a turn gets another, even if there is no end of new ones', () => {
  const line = new Line()
  const speaker = (address: string) => ({ address, goOn: () => undefined })
  const patient = speaker('patient')
  line.add(patient, true)
  const served: (string | undefined)[] = []
  for (let n = 0; n < 4; n += 1) {
    for (let more = 0; more < 3; more += 1) line.add(speaker('new'), false)
    served.push(line.next()?.address)
  }
  assert.deepEqual(served, ['new', 'new', 'new', 'patient'])
})

test('[R27] who is in line again is not served again in the same turn', async () => {
  const hearing = new Hearing(null, fakeClock())
  let served = 0
  const speaker = {
    address: 'a',
    goOn() {
      served += 1
      if (served < 3) hearing.wait(speaker, true)
    },
  }
  hearing.wait(speaker, false)
  for (let n = 1; n <= 3; n += 1) {
    await nextTurn()
    assert.equal(served, n)
  }
})

test('who leaves the line is not served, and then no timer runs', async () => {
  const clock = fakeClock()
  const hearing = new Hearing({ burst: 1, perSecond: 1 }, clock)
  let served = 0
  const speaker = { address: 'a', goOn: () => void served++ }
  assert.ok(hearing.grants('a'))
  hearing.wait(speaker, false)
  await nextTurn()
  assert.equal(clock.waiting, 1)
  hearing.leave(speaker)
  clock.advance(1000)
  assert.equal(served, 0)
  assert.equal(clock.waiting, 0)
})

/**
 * Three of one address who each sent ten texts and the beginning of one more in one piece, where an address may say
 * three besides coming in; and all that was heard of them. So all of them wait.
 */
async function crowd(test: TestContext, perSecond = 1, autoPong = true) {
  const it = await scene(test, { texts: { burst: 6, perSecond } })
  const loud = [await it.connect(autoPong), await it.connect(autoPong), await it.connect(autoPong)]
  const heard: string[] = []
  for (const { ws } of loud) await settle(ws)
  for (const { ws, ear } of loud) {
    ear.onText = (text) => heard.push(text)
    pour(ws, 10)
  }
  while (heard.length < 3) await nextTurn()
  return { ...it, loud, heard }
}

/** In one piece, as a flooder writes. */
function pour(ws: WebSocket, texts: number): void {
  const socket: Socket = Reflect.get(ws, '_socket')
  const frames = Array.from({ length: texts }, (_, n) => clientFrame(String(n)))
  socket.write(Buffer.concat([...frames, clientFrame('more').subarray(0, 3)]))
}

test('[R27] beyond the rate of their address all of it wait, lose nothing, and others are heard', async (t) => {
  const { clock, connect, loud, heard } = await crowd(t)
  const quiet = await connect(true, '127.0.0.2')
  for (let n = 0; n < 3; n += 1) quiet.ws.send('me too')
  while (quiet.ear.heard.length < 3) await nextTurn()
  assert.equal(heard.length, 3)
  while (heard.length < 30) {
    const before: number = heard.length
    clock.advance(1000)
    await nextTurn()
    assert.ok(heard.length - before <= 1, 'one a second')
  }
  const all = Array.from({ length: 10 }, (_, n) => String(n))
  for (const { ear } of loud) assert.deepEqual(ear.heard, all)
})

test('[R27] whoever waits unread is neither silent nor slow to finish, and is pinged meanwhile', async (t) => {
  const { clock, loud, heard } = await crowd(t, 0.001, false)
  let pings = 0
  for (const { ws } of loud) {
    ws.on('ping', () => {
      pings += 1
    })
  }
  for (let second = 0; second < 100; second += 1) {
    clock.advance(1000)
    if (second % 5 === 0) await nextTurn()
  }
  for (let n = 0; n < 1000 && pings < 9; n += 1) await nextTurn()
  assert.equal(heard.length, 3)
  assert.ok(pings >= 9, `${pings} pings`)
  assert.ok(loud.every(({ ws }) => ws.readyState === ws.OPEN))
})

test('[R27] who waits and goes leaves nothing behind, and nothing of it is heard any more', async (t) => {
  const { clock, loud, heard, net } = await crowd(t, 0.001)
  for (const { ws } of loud) ws.terminate()
  for (const { ear } of loud) await ear.gone
  while (net.size > 0) await nextTurn()
  for (let second = 0; second < 60; second += 1) clock.advance(1000)
  assert.equal(heard.length, 3)
  // That which moves the time of all connections on.
  assert.equal(clock.waiting, 1)
})

test('[R27] a connection that waits can be closed', async (t) => {
  const { loud } = await crowd(t)
  for (const { ear } of loud) ear.link.close(4500, 'enough')
  for (const { closed } of loud) assert.equal(await closed, 4500)
})

test('[R27] who comes in is read when it is the turn of that address', async (t) => {
  const { clock, connect } = await scene(t, { texts: { burst: 1, perSecond: 1 } })
  const [first, second] = [await connect(), await connect()]
  const quiet = await connect(true, '127.0.0.2')
  await settle(first.ws)
  let isRead = false
  second.ws.once('pong', () => {
    isRead = true
  })
  second.ws.ping()
  for (let n = 0; n < 10; n += 1) await settle(quiet.ws)
  assert.equal(isRead, false)
  clock.advance(1010)
  while (!isRead) await nextTurn()
})

test('who is closed while being greeted is still heard closing', { timeout: 10_000 }, async (t) => {
  const it = await scene(t, { closeTimeout: 3_600_000 })
  const greeted = Promise.withResolvers<void>()
  it.greet = async (ear) => {
    it.clock.advance(1000)
    await greeted.promise
    return ear
  }
  const one = await it.connect()
  one.ear.link.close(4001, 'ended')
  greeted.resolve()
  assert.equal(await one.closed, 4001)
})
