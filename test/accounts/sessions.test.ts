import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { Guests } from '../../src/accounts/guests.ts'
import { Sessions } from '../../src/accounts/sessions.ts'
import { fakeClock } from '../support/clock.ts'
import { memoryStore } from '../support/store.ts'

const minute = 60_000
const day = 24 * 60 * minute

async function scene(test: TestContext, idle = 14 * day) {
  const clock = fakeClock()
  const store = await memoryStore(test)
  const sessions = new Sessions(store, clock, { idle, absolute: 90 * day })
  const guests = new Guests(store, clock, sessions)
  const pass = (ms: number) => clock.set(clock.now() + ms)
  return { clock, store, sessions, guests, pass }
}

test('a guest is recognised by the token, and by nothing else', async (t) => {
  const { sessions, guests } = await scene(t)
  const ada = await guests.welcome()
  assert.deepEqual(await sessions.recognise(ada.token), ada)
  assert.equal(await sessions.recognise(ada.session), null)
  assert.equal(await sessions.recognise(`${ada.token}x`), null)
  assert.equal(await sessions.recognise(''), null)
})

test('[S9] a token has 256 bits, and the store knows only its hash', async (t) => {
  const { store, guests } = await scene(t)
  const { token, session, user } = await guests.welcome()
  assert.equal(Buffer.from(token, 'base64url').length, 32)
  assert.equal(session, createHash('sha256').update(token).digest('hex'))
  const kept = await store.session(session)
  assert.equal(kept?.user, user)
  assert.ok(!JSON.stringify(kept).includes(token))
})

test('no two guests have an id or a token in common', async (t) => {
  const { guests } = await scene(t)
  const all = await Promise.all(Array.from({ length: 100 }, () => guests.welcome()))
  assert.equal(new Set(all.map(({ user }) => user)).size, 100)
  assert.equal(new Set(all.map(({ token }) => token)).size, 100)
})

test('[S9] a session ends after its idle time; each use begins it anew', async (t) => {
  const { sessions, guests, pass } = await scene(t)
  const ada = await guests.welcome()
  for (let n = 0; n < 3; n += 1) {
    pass(13 * day)
    assert.ok(await sessions.recognise(ada.token))
  }
  pass(15 * day)
  assert.equal(await sessions.recognise(ada.token), null)
})

test('[S9] a session ends after 90 days, however much it is used', async (t) => {
  const { sessions, guests, pass } = await scene(t)
  const ada = await guests.welcome()
  for (let days = 0; days < 90; days += 10) {
    assert.ok(await sessions.holds(ada.session), `after ${days} days`)
    pass(10 * day)
  }
  pass(1)
  assert.equal(await sessions.holds(ada.session), false)
})

test('[S9] whoever comes back keeps coming back: an old session is renewed, and ends when it would have', async (t) => {
  const { sessions, guests, pass } = await scene(t)
  const ada = await guests.welcome()
  assert.deepEqual(await sessions.renew(ada), ada)
  for (let days = 0; days < 50; days += 10) {
    pass(10 * day)
    await sessions.recognise(ada.token)
  }
  const young = await sessions.renew(ada)
  assert.equal(young.user, ada.user)
  assert.notEqual(young.token, ada.token)
  assert.ok(await sessions.holds(ada.session))
  for (let days = 0; days < 50; days += 10) {
    pass(10 * day)
    await sessions.recognise(young.token)
    await sessions.recognise(ada.token)
  }
  assert.equal(await sessions.recognise(ada.token), null)
  assert.equal((await sessions.recognise(young.token))?.user, ada.user)
})

test('[R27] an old token does not make new sessions as often as it is shown', async (t) => {
  const { clock, sessions, guests, pass } = await scene(t, 60 * day)
  const ada = await guests.welcome()
  pass(50 * day)
  const tokens = new Set<string>()
  for (let n = 0; n < 50; n += 1) tokens.add((await sessions.renew(ada)).token)
  assert.ok(tokens.has(ada.token) && tokens.size <= 6, `${tokens.size} tokens`)
  assert.equal((await sessions.recognise(ada.token))?.user, ada.user)
  clock.advance(3_600_000)
  assert.notEqual((await sessions.renew(ada)).token, ada.token)
})

test('using a session costs a write every few minutes at most', async (t) => {
  const { store, clock, sessions, guests, pass } = await scene(t)
  const ada = await guests.welcome()
  const created = clock.now()
  const seen = async () => (await store.session(ada.session))?.seen
  pass(4 * minute)
  await sessions.recognise(ada.token)
  assert.equal(await seen(), created)
  pass(2 * minute)
  await sessions.recognise(ada.token)
  assert.equal(await seen(), created + 6 * minute)
})

test('a short idle time is kept to as well', async (t) => {
  const { sessions, guests, pass } = await scene(t, minute)
  const ada = await guests.welcome()
  for (let n = 0; n < 10; n += 1) {
    pass(minute / 2)
    assert.ok(await sessions.recognise(ada.token))
  }
})

test('[S3] who logs out ends all their sessions at once, whichever they show; those of others go on', async (t) => {
  for (const shown of ['old', 'young'] as const) {
    const { sessions, guests, pass } = await scene(t, 60 * day)
    const old = await guests.welcome()
    pass(50 * day)
    const bob = await guests.welcome()
    assert.deepEqual(await sessions.recognise(old.token), old)
    const young = await sessions.renew(old)
    assert.notEqual(young.token, old.token)
    await sessions.end({ old, young }[shown])
    assert.equal(await sessions.recognise(old.token), null)
    assert.equal(await sessions.recognise(young.token), null)
    assert.equal((await sessions.recognise(bob.token))?.user, bob.user)
    await sessions.end(old)
  }
})

test('[S3] a session that is renewed while its person logs out is not renewed', async (t) => {
  const { store, sessions, guests, pass } = await scene(t, 60 * day)
  const ada = await guests.welcome()
  pass(50 * day)
  const { addSession: real } = store
  const added: string[] = []
  store.addSession = async (session) => {
    added.push(session.hash)
    await sessions.end(ada)
    await real(session)
  }
  assert.deepEqual(await sessions.renew(ada), ada)
  assert.equal(added.length, 1)
  for (const session of [ada.session, ...added]) assert.equal(await sessions.holds(session), false)
})

test('a welcome can be taken back', async (t) => {
  const { sessions, guests } = await scene(t)
  const ada = await guests.welcome()
  await guests.dismiss(ada)
  assert.equal(await sessions.recognise(ada.token), null)
})

test('a session that has just begun is not looked for in the store, but for its first use only', async (t) => {
  const { store, sessions, guests } = await scene(t)
  let asked = 0
  const { session: real } = store
  store.session = (hash) => {
    asked++
    return real(hash)
  }
  const ada = await guests.welcome()
  assert.deepEqual(await sessions.recognise(ada.token), ada)
  assert.equal(asked, 0)
  assert.ok(await sessions.holds(ada.session))
  assert.equal(asked, 1)
})

test('a session that ended before its first use is nobody’s', async (t) => {
  const { sessions, guests, pass } = await scene(t, 2 * day)
  const ada = await guests.welcome()
  await sessions.end(ada)
  assert.equal(await sessions.recognise(ada.token), null)
  const bob = await guests.welcome()
  pass(3 * day)
  assert.equal(await sessions.recognise(bob.token), null)
})
