/** Clients of the library against a real server over real sockets, which are cut again and again. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import type { Chat, OpenRoom, Pending } from '../../client/api.ts'
import { createChat } from '../../client/chat.ts'
import { Refused } from '../../client/errors.ts'
import { connect } from '../../client/node.ts'
import type { Dial, Socket } from '../../client/socket.ts'
import { random, seeds } from '../support/random.ts'
import { spawnServer, startServer, tempFolder } from '../support/server.ts'
import { keeper } from './keeper.ts'

const flags = ['--rate-limit', 'off']

/** Resolves when it is so. Looks whenever the client says that something has changed. */
function until(it: { subscribe: Chat['subscribe'] }, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return
      stop()
      resolve()
    }
    const stop = it.subscribe(look)
    look()
  })
}

interface Cut {
  times: number
  dial: Dial
  now(): void
}

/** A network that can be cut, and that breaks by itself right after that share of frames was sent. */
function network(breaks = () => false): Cut {
  let last: WebSocket | null = null
  const cut: Cut = {
    times: 0,
    dial(url, token) {
      const socket = new WebSocket(url, { headers: token ? { authorization: `Bearer ${token}` } : {} })
      last = socket
      const send = (text: string) => {
        socket.send(text)
        if (breaks()) cut.now()
      }
      const listen: Socket['addEventListener'] = socket.addEventListener.bind(socket)
      return { addEventListener: listen, send, close: () => socket.close() }
    },
    now() {
      cut.times++
      last?.terminate()
    },
  }
  return cut
}

/** A client that comes back at once instead of after the back-off. */
async function restless(
  url: string,
  cut: Cut,
  more: { name?: string; token?: string } = {},
  entries?: Map<string, Pending>,
) {
  const chat = createChat({ url, dial: cut.dial, proof: 'token', storage: keeper(entries), ...more })
  chat.subscribe(() => chat.retryAt !== null && chat.tryNow())
  return chat.ready()
}

const bodies = (room: OpenRoom, by: string) =>
  room
    .timeline()
    .flatMap(({ record, state }) =>
      record.type === 'message' && record.by === by && state === 'stored' ? [record.body] : [],
    )

function closing(context: TestContext, ...chats: Chat[]): void {
  context.after(() => {
    for (const chat of chats) chat.close()
  })
}

for (const seed of seeds(5))
  test(`[R5] [R8] [T6] two people whose connections are cut all the time lose, double and mix up nothing, seed ${seed}`, async (context) => {
    const luck = random(seed)
    const server = await startServer({ flags, test: context })
    const breaks = () => luck.chance(0.1)
    const cuts = [network(breaks), network(breaks)] as const
    const [ada, bob] = await Promise.all([
      restless(server.url, cuts[0], { name: 'Ada' }),
      restless(server.url, cuts[1], { name: 'Bob' }),
    ])
    closing(context, ada, bob)
    const rooms = await Promise.all([ada.open(ada.lobby).ready(), bob.open(bob.lobby).ready()])
    const heard: string[] = []
    rooms[1].on('message', ({ by, body }) => by === ada.me.id && heard.push(body))

    for (const [i, room] of rooms.entries()) room.on('message', () => luck.chance(0.1) && cuts[i]?.now())

    const wanted = Array.from({ length: 120 }, (_, i) => String(i))
    const all = wanted.flatMap((body) => rooms.map((room) => room.send(body).stored))
    await Promise.all(all)
    const isThere = (room: OpenRoom) =>
      [ada, bob].every(({ me }) => bodies(room, me.id).length >= wanted.length)
    for (const room of rooms) {
      await until(room, () => room.isComplete || isThere(room))
      await until(room, () => isThere(room))
      assert.deepEqual(bodies(room, ada.me.id), wanted)
      assert.deepEqual(bodies(room, bob.me.id), wanted)
    }
    await until(rooms[1], () => heard.length >= wanted.length)
    assert.deepEqual(heard, wanted, 'a bot hears each of them once, in order')
    const times = cuts[0].times + cuts[1].times
    assert.ok(times > 20, `cut only ${times} times`)
    assert.deepEqual([ada.pending, bob.pending], [[], []])
  })

test('[T7] closed in the middle of sending, the next page sends the rest: once each, in order', async (context) => {
  const server = await startServer({ flags, test: context })
  const entries = new Map<string, Pending>()
  const first = await restless(server.url, network(), { name: 'Ada' }, entries)
  const room = await first.open(first.lobby).ready()
  const wanted = Array.from({ length: 40 }, (_, i) => String(i))
  const sendings = wanted.map((body) => room.send(body))
  await sendings[9]?.stored
  first.close()
  assert.ok(entries.size > 0, 'something is left to send')

  const second = await restless(server.url, network(), { token: first.token ?? '' }, entries)
  closing(context, second)
  const again = await second.open(second.lobby).ready()
  await until(again, () => bodies(again, second.me.id).length === wanted.length)
  assert.deepEqual(bodies(again, second.me.id), wanted)
  assert.equal(second.me.id, first.me.id)
  await until(second, () => second.pending.length === 0)
  assert.equal(entries.size, 0)
})

test('[R1] a server killed while two people write: what was answered is there, once, in order', async (context) => {
  const data = tempFolder(context)
  let server = await spawnServer({ data, flags, test: context })
  const { url, port } = server
  const [ada, bob] = await Promise.all([connect(url, { name: 'Ada' }), connect(url, { name: 'Bob' })])
  closing(context, ada, bob)
  for (const chat of [ada, bob])
    chat.subscribe(() => {
      if (chat.retryAt !== null) setImmediate(chat.tryNow)
    })
  const rooms = await Promise.all([ada.open(ada.lobby).ready(), bob.open(bob.lobby).ready()])
  const wanted = Array.from({ length: 60 }, (_, i) => String(i))
  const all = wanted.flatMap((body) => rooms.map((room) => room.send(body).stored))
  await all[40]
  await server.kill('SIGKILL')
  server = await spawnServer({ data, flags, port, test: context })
  await Promise.all(all)
  for (const room of rooms) {
    await until(room, () => [ada, bob].every(({ me }) => bodies(room, me.id).length === wanted.length))
    assert.deepEqual(bodies(room, ada.me.id), wanted)
    assert.deepEqual(bodies(room, bob.me.id), wanted)
  }
})

test('[T5] two devices of one person agree on name, rooms and what is read', async (context) => {
  const server = await startServer({ flags, test: context })
  const phone = await connect(server.url, { name: 'Ada' })
  const desktop = await connect(server.url, { token: phone.token ?? '' })
  const bob = await connect(server.url, { name: 'Bob' })
  closing(context, phone, desktop, bob)
  assert.equal(desktop.me.id, phone.me.id)

  await phone.rename('Countess')
  await until(desktop, () => desktop.me.name === 'Countess')

  const id = await phone.create('Tea', { vanish: false })
  await until(desktop, () => desktop.rooms.get(id)?.name === 'Tea')
  const here = await phone.open(id).ready()
  const code = here.room.get('room', id)?.code ?? ''
  assert.equal(await bob.join(code.toLowerCase()), id)
  const there = await bob.open(id).ready()
  await there.send('one').stored
  await there.send('two').stored
  await until(desktop, () => desktop.rooms.get(id)?.unread === 2)
  await until(here, () => here.unread === 2)
  here.markRead()
  await until(desktop, () => desktop.rooms.get(id)?.unread === 0)
  assert.equal(desktop.rooms.get(id)?.last?.text, 'two')

  await here.leave()
  await until(desktop, () => !desktop.rooms.has(id))
})

test('[P1] [P5] people see each other come, type and go', async (context) => {
  const server = await startServer({ flags, test: context })
  const ada = await connect(server.url, { name: 'Ada' })
  const lobby = await ada.open(ada.lobby).ready()
  const bob = await connect(server.url, { name: 'Bob' })
  closing(context, ada, bob)
  await until(lobby, () => lobby.online.has(bob.me.id))
  await until(lobby, () => lobby.member(bob.me.id)?.name === 'Bob')
  const hers = await bob.open(bob.lobby).ready()
  hers.typing()
  await until(lobby, () => lobby.typists.includes(bob.me.id))
  bob.close()
  await until(lobby, () => !lobby.online.has(bob.me.id))
  assert.deepEqual(lobby.typists, [])
})

test('[S1] a long history is read back to its first word', async (context) => {
  const server = await startServer({ flags, test: context })
  const ada = await connect(server.url, { name: 'Ada' })
  closing(context, ada)
  const id = await ada.create('Long')
  const room = await ada.open(id).ready()
  const wanted = Array.from({ length: 130 }, (_, i) => String(i))
  await Promise.all(wanted.map((body) => room.send(body).stored))
  room.close()
  const again = await ada.open(id).ready()
  assert.equal(again.timeline().length, 50)
  while (!again.isComplete) await again.loadOlder()
  assert.deepEqual(bodies(again, ada.me.id), wanted)
})

test('a name that somebody here bears is refused, and a wrong token too', async (context) => {
  const server = await startServer({ flags, test: context })
  const ada = await connect(server.url, { name: 'Ada' })
  closing(context, ada)
  await assert.rejects(connect(server.url, { name: 'ADA' }), (error) => {
    return error instanceof Refused && error.code === 'taken'
  })
  await assert.rejects(connect(server.url, { token: 'x'.repeat(43) }), { name: 'Refused', code: 'forbidden' })
})
