import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch, CommitResult, Store } from '../../src/engine/ports.ts'
import { LOBBY } from '../../src/state/records.ts'
import { mint, parlour } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

const turns = async () => {
  for (let n = 0; n < 20; n++) await new Promise((resolve) => setImmediate(resolve))
}

const send = (id: string, body: string) => ({ room: LOBBY, id, body })

/** The store with one method exchanged, so that a test can hold, fail or watch what passes. */
function around(store: Store, commit: (batch: Batch, done: (result: CommitResult) => void) => void): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'commit') return commit
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

test('[P1] every frame with a ref gets exactly one answer', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  await ada.ok('message.send', send(mint(), 'one'))
  await ada.refused('message.send', send('short', 'two'))
  await ada.refused('nonsense')
  await ada.ok('beat')
  const refs = ada.heard.flatMap((frame) => (frame.t === 'ok' || frame.t === 'no' ? [frame.ref] : []))
  assert.deepEqual(refs, [1, 2, 3, 4])
})

test('[P2] the sync of a commit precedes its ok', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  await ada.open(LOBBY)
  const id = mint()
  await ada.ok('message.send', send(id, 'hi'))
  const synced = ada.heard.findIndex((frame) => frame.t === 'sync' && frame.put.some((put) => put.id === id))
  assert.ok(synced >= 0 && synced < ada.heard.length - 1)
  assert.equal(ada.heard.at(-1)?.t, 'ok')
})

test('[R3] nobody is shown, and nobody gets an ok for, what is not on disk', async (t) => {
  const real = await memoryStore(t)
  const held: (() => void)[] = []
  let isHolding = false
  const store = around(real, (batch, done) => {
    if (!isHolding) return real.commit(batch, done)
    held.push(() => real.commit(batch, done))
  })
  const { seat } = await parlour(t, { store })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  isHolding = true
  const id = mint()
  const sent = ada.ok('message.send', send(id, 'hi'))
  await bob.ok('beat')
  while (held.length === 0) await new Promise((resolve) => setImmediate(resolve))
  const isShown = () => bob.syncs(LOBBY).some((sync) => sync.put.some((put) => put.id === id))
  assert.equal(isShown(), false)
  isHolding = false
  for (const release of held) release()
  await sent
  assert.equal(isShown(), true)
})

test('commands that queue up while the store works are one batch, one sync, and a rev each', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const { rev } = await ada.open(LOBBY)
  const answers = await Promise.all(
    Array.from({ length: 30 }, (_, n) => ada.ok('message.send', send(mint(), `message ${n}`))),
  )
  assert.deepEqual(
    answers.map((answer) => answer.rev),
    Array.from({ length: 30 }, (_, n) => rev + 1 + n),
  )
  const live = ada.syncs(LOBBY).filter((sync) => sync.rev > rev)
  assert.ok(live.length <= 2, `${live.length} syncs`)
  assert.equal(live.at(-1)?.rev, rev + 30)
})

test('a crowd that is answered and those who waited meanwhile are one batch, without waiting for the end of the rest', async (t) => {
  const real = await memoryStore(t)
  const batches: number[] = []
  const held: (() => void)[] = []
  let isHolding = false
  const store = around(real, (batch, done) => {
    batches.push(batch.rev - batch.from)
    if (isHolding) held.push(() => real.commit(batch, done))
    else real.commit(batch, done)
  })
  const { seat, clock } = await parlour(t, { store })
  const seats = await Promise.all(Array.from({ length: 250 }, (_, n) => seat(`p${n}`)))
  await Promise.all(seats.map((one) => one.open(LOBBY)))
  // To be told takes a while, so that the room rests afterwards.
  const { link } = seats[0]!
  const write = link.write.bind(link)
  link.write = (bytes) => {
    clock.advance(20)
    write(bytes)
  }
  const say = (from: number, to: number) =>
    seats.slice(from, to).map((one) => one.ok('message.send', send(mint(), 'hi')))
  for (let n = 0; n < 20; n++) await Promise.all(say(20, 21))
  batches.length = 0
  isHolding = true
  const first = say(0, 10)
  while (held.length === 0) await turns()
  const second = say(10, 20)
  await turns()
  isHolding = false
  held[0]?.()
  await Promise.all(first)
  await turns()
  assert.deepEqual(batches, [10], 'it rests')
  const third = say(0, 10)
  await Promise.all([...second, ...third])
  assert.deepEqual(batches, [10, 20])
})

test('[R6] a resend gives the rev of the first, and there is one message', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const id = mint()
  const first = await ada.ok('message.send', send(id, 'once'))
  const second = await ada.ok('message.send', send(id, 'once'))
  assert.equal(second.rev, first.rev)
  const { records } = await ada.query('message.history', { room: LOBBY })
  assert.equal(records.filter((record) => record.type === 'message').length, 1)
})

test('[R6] a resend is recognised when the message is no longer in memory', async (t) => {
  const store = await memoryStore(t)
  const before = await parlour(t, { store })
  const ada = await before.seat('ada')
  const [id, deleted] = [mint(), mint()]
  const first = await ada.ok('message.send', send(id, 'once'))
  const gone = await ada.ok('message.send', send(deleted, 'gone'))
  await ada.ok('message.delete', { room: LOBBY, id: deleted })
  const after = await parlour(t, { store })
  const again = await after.again(ada.id)
  assert.equal((await again.ok('message.send', send(id, 'once'))).rev, first.rev)
  assert.equal((await again.ok('message.send', send(deleted, 'gone'))).rev, gone.rev)
})

test('a room forgets again and again, however much is said', async (t) => {
  const real = await memoryStore(t)
  let commits = 0
  const store = around(real, (batch, done) => {
    commits++
    real.commit(batch, done)
  })
  const { seat } = await parlour(t, { store })
  const ada = await seat('ada')
  const ids = Array.from({ length: 500 }, mint)
  for (const id of ids) await ada.ok('message.send', send(id, id))
  const before = commits
  const resend = async (n: number) => {
    await ada.ok('message.send', send(ids[n] ?? '', ids[n] ?? ''))
    return commits - before
  }
  assert.equal(await resend(499), 0, 'the newest is in memory')
  assert.equal(await resend(250), 1, 'one of after the first time is not: the store knows it')
})

test('of more than two thousand people some are forgotten, and read again when they speak', async (t) => {
  const real = await memoryStore(t)
  const read: string[] = []
  const store = new Proxy(real, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      if (name !== 'read') return value.bind(target)
      return (...args: Parameters<Store['read']>) => {
        read.push(...args[1])
        return real.read(...args)
      }
    },
  })
  const { seat } = await parlour(t, { store })
  const ada = await seat('ada')
  for (let n = 0; n < 2400; n += 300)
    await Promise.all(Array.from({ length: 300 }, (_, i) => seat(`p${n + i}`)))
  read.length = 0
  await ada.ok('message.send', send(mint(), 'still here'))
  assert.deepEqual(read, [`member/${ada.id}`])
})

test('[R6] resends in parallel make one message', async (t) => {
  const { seat } = await parlour(t)
  const ada = await seat('ada')
  const id = mint()
  const answers = await Promise.all(Array.from({ length: 5 }, () => ada.ok('message.send', send(id, 'once'))))
  assert.equal(new Set(answers.map((answer) => answer.rev)).size, 1)
})

test('[R7] the same id with another body, or by another person, is a conflict', async (t) => {
  const { seat } = await parlour(t)
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  const id = mint()
  await ada.ok('message.send', send(id, 'mine'))
  assert.equal(await ada.refused('message.send', send(id, 'other')), 'conflict')
  assert.equal(await bob.refused('message.send', send(id, 'mine')), 'conflict')
  await ada.ok('message.delete', { room: LOBBY, id })
  assert.equal(await bob.refused('message.send', send(id, 'mine')), 'conflict')
})

test('a store that fails shows nobody anything, refuses every waiter, and the room comes back', async (t) => {
  const real = await memoryStore(t)
  let isBroken = false
  const store = around(real, (batch, done) => {
    if (isBroken) return void queueMicrotask(() => done({ kind: 'failed', error: new Error('disk full') }))
    real.commit(batch, done)
  })
  const { seat, log } = await parlour(t, { store })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  const told = bob.syncs(LOBBY).length
  isBroken = true
  const id = mint()
  const refusals = await Promise.all([
    ada.ask('message.send', send(id, 'lost?')),
    ada.ask('message.send', send(mint(), 'lost too?')),
  ])
  for (const no of refusals) assert.ok(no.t === 'no' && no.code === 'unavailable' && no.retry !== null)
  assert.equal(bob.syncs(LOBBY).length, told)
  assert.ok(log.of('a batch was not stored').length > 0)
  isBroken = false
  await ada.ok('message.send', send(id, 'lost?'))
  await bob.find((frame) => frame.t === 'sync' && frame.put.some((put) => put.id === id))
})

test('[R13] on a full disk a deletion goes through, whatever it shares a turn with', async (t) => {
  const real = await memoryStore(t)
  let isFull = false
  const lengths: number[] = []
  const store = around(real, (batch, done) => {
    lengths.push(batch.rows.length)
    const fits = batch.rows.every((row) => row.body === null)
    if (isFull && !fits) return void queueMicrotask(() => done({ kind: 'full' }))
    real.commit(batch, done)
  })
  const { seat, log } = await parlour(t, { store })
  const [ada, bob] = [await seat('ada'), await seat('bob')]
  await bob.open(LOBBY)
  const ids = [mint(), mint(), mint()]
  for (const id of ids) await ada.ok('message.send', send(id, 'before'))
  isFull = true
  const [first, gone, second, third, goneToo] = await Promise.all([
    ada.ask('message.send', send(mint(), 'does not fit')),
    ada.ask('message.delete', { room: LOBBY, id: ids[0] }),
    ada.ask('message.send', send(mint(), 'nor does this')),
    bob.ask('message.send', send(mint(), 'nor that')),
    ada.ask('message.delete', { room: LOBBY, id: ids[1] }),
  ])
  for (const no of [first, second, third])
    assert.ok(no.t === 'no' && no.code === 'unavailable' && no.retry !== null)
  for (const ok of [gone, goneToo]) assert.equal(ok.t, 'ok')
  assert.equal(log.of('the disk is full').length, 1, 'once for the turn')
  isFull = false
  await Promise.all([
    ada.ok('message.send', send(mint(), 'after')),
    ada.ok('message.delete', { room: LOBBY, id: ids[2] }),
  ])
  assert.equal(lengths.at(-1), 2, 'what comes together goes together again')
  const syncs = bob.syncs(LOBBY)
  for (const [n, sync] of syncs.entries()) if (n > 0) assert.equal(sync.from, syncs[n - 1]?.rev, 'no hole')
  assert.deepEqual(
    syncs.flatMap((sync) => sync.del.map(([, id]) => id)),
    ids,
  )
})

test('[R13] once there is space again, what was taken apart shares a batch', async (t) => {
  const real = await memoryStore(t)
  let isFull = false
  const lengths: number[] = []
  const store = around(real, (batch, done) => {
    lengths.push(batch.rows.length)
    if (!isFull) return real.commit(batch, done)
    isFull = false
    queueMicrotask(() => done({ kind: 'full' }))
  })
  const { seat } = await parlour(t, { store })
  const ada = await seat('ada')
  await ada.ok('message.send', send(mint(), 'before'))
  isFull = true
  lengths.length = 0
  await Promise.all(['1', '2', '3', '4', '5'].map((body) => ada.ok('message.send', send(mint(), body))))
  assert.deepEqual(lengths, [5, 1, 4])
})

test('a stranger to the room gets the same answer as for a room that does not exist', async (t) => {
  const { seat } = await parlour(t)
  const [ada, eve] = [await seat('ada'), await seat('eve')]
  const room = mint()
  await ada.ok('room.create', { room, name: 'Private' })
  for (const [frame, fields] of [
    ['message.send', { id: mint(), body: 'let me in' }],
    ['room.open', {}],
    ['message.history', {}],
    ['typing', {}],
    ['room.leave', {}],
  ] as const) {
    const real = await eve.ask(frame, { room, ...fields })
    const none = await eve.ask(frame, { room: mint(), ...fields })
    assert.deepEqual({ ...real, ref: 0 }, { ...none, ref: 0 }, frame)
    assert.ok(real.t === 'no' && real.code === 'not_found')
  }
  assert.equal(await eve.refused('room.join', { room }), 'not_found')
})

test('shown time never runs backwards within a room', async (t) => {
  const { seat, clock } = await parlour(t)
  const ada = await seat('ada')
  await ada.ok('message.send', send(mint(), 'noon'))
  clock.set(clock.now() - 3_600_000)
  await ada.ok('message.send', send(mint(), 'after the clock was set back'))
  const { records } = await ada.query('message.history', { room: LOBBY, limit: 2 })
  const times = records.flatMap((record) => (record.type === 'message' ? [record.at] : []))
  assert.equal(times.length, 2)
  assert.ok((times[0] ?? 0) >= (times[1] ?? 0))
})
