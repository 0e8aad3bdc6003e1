/** Who somebody is: tokens that are given, renewed or dead, and people who go and are followed by others. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { greeted, hello, message, openRoom, peer, settle } from './peer.ts'

const bob = { user: { id: 'bob', name: 'Bob', desk: 'desk:bob' } }
const asBob = () => Response.json({ user: { id: 'bob', name: 'Bob' }, token: 'other' })
const tea = { room: 'r1', rev: 5, kind: 'room' as const, name: 'Tea', unread: 0, last: null }

test('a given token is never exchanged for another person', async () => {
  const own = await greeted({ token: 'mine' })
  assert.deepEqual([own.logins.length, own.socket.token], [0, 'mine'])
  own.socket.drop()
  own.clock.advance(750)
  await settle()
  own.login = asBob
  own.socket.drop()
  own.clock.advance(1_000)
  await settle()
  assert.equal(own.chat.ended?.why, 'This token is not valid.')
  assert.equal(own.chat.token, 'mine')
})

test('a given token is exchanged for a fresh one of the same person', async () => {
  const own = peer({ token: 'mine' })
  await settle()
  own.socket.drop()
  own.clock.advance(750)
  await settle()
  assert.equal(own.logins[0]?.authorization, 'Bearer mine')
  assert.deepEqual([own.socket.token, own.chat.token], ['secret', 'secret'])
  own.socket.say(hello())
  assert.equal(own.chat.status, 'connected')
})

test('after the server has ended the session, logging in again does not show the dead token', async () => {
  const own = await greeted({ proof: 'token' })
  assert.equal(own.chat.token, 'secret')
  own.socket.drop(4500)
  await own.chat.login('Zoe')
  assert.equal(own.logins.at(-1)?.authorization, undefined)
})

test('who logs in again waits for the next hello, and does not hear of an earlier end', async () => {
  const own = await greeted()
  const first = own.chat.ready()
  own.socket.drop(4500)
  await own.chat.login()
  await settle()
  let isReady = false
  void own.chat.ready().then(() => {
    isReady = true
  })
  await settle()
  assert.equal(isReady, false)
  own.socket.say(hello())
  await settle()
  assert.equal(isReady, true)
  assert.equal(await first, own.chat)

  const refused = peer()
  refused.login = () => Response.json({ code: 'forbidden', why: 'No.' }, { status: 403 })
  await assert.rejects(refused.chat.ready())
  refused.login = () => Response.json({ user: { id: 'ada', name: 'Ada' }, token: 'secret' })
  await refused.chat.login()
  await settle()
  refused.socket.say(hello())
  assert.equal(await refused.chat.ready(), refused.chat)
})

test('whoever waited from before a log-in by hand is told with it', async () => {
  const own = peer()
  const before = own.chat.ready()
  await settle()
  await own.chat.login()
  await settle()
  own.socket.say(hello())
  assert.equal(await before, own.chat)
})

test('nothing of who has gone is shown, neither while nobody is there nor to who comes next', async () => {
  for (const end of ['logout', 'expelled']) {
    const own = await greeted(
      {},
      { rooms: [{ ...tea, last: { id: 'm', by: 'ada', name: 'Ada', at: 0, text: 'the surprise' } }] },
    )
    const room = own.chat.open('r1')
    await openRoom(own.socket, 5, [message(4, 'ada', 'the surprise')])
    assert.equal(room.timeline().length, 1)
    if (end === 'logout') await own.chat.logout()
    else own.socket.drop(4500)
    assert.deepEqual([...own.chat.rooms.keys()], [], end)
    assert.deepEqual(room.timeline(), [], end)
    own.login = asBob
    await own.chat.login()
    await settle()
    assert.deepEqual([...own.chat.rooms.keys()], [], end)
  }
})

test('what is written after logging out is not sent for the next person', async () => {
  const own = await greeted()
  const room = own.chat.open('r1')
  await openRoom(own.socket, 5, [])
  await own.chat.logout()
  assert.throws(() => room.send('whose is this?'), { name: 'Refused', message: 'You are logged out.' })
  own.login = asBob
  await own.chat.login()
  await settle()
  own.socket.say(hello(bob))
  room.send('mine')
  assert.deepEqual(
    own.chat.pending.map(({ person }) => person),
    ['bob'],
  )
})

test('a room closed before it was open is not opened again', async () => {
  const own = await greeted({}, { rooms: [tea] })
  const room = own.chat.open('r1')
  const { ref } = own.socket.take('room.open')
  room.close()
  const close = own.socket.take('room.close')
  own.socket.say(
    { t: 'sync', room: 'r1', from: 0, rev: 5, put: [], del: [], reset: true, floor: 0 },
    { t: 'ok', ref, data: { rev: 5, online: [], present: 0, unread: 0 } },
    { t: 'ok', ref: close.ref, data: {} },
  )
  await settle()
  assert.deepEqual(own.socket.names(), [])
})

test('what is told while a room is being closed stands in the list', async () => {
  const own = await greeted({}, { rooms: [tea] })
  const room = own.chat.open('r1')
  await openRoom(own.socket, 5, [message(4, 'bob', 'one')])
  const before = room.timeline().length
  room.close()
  const { ref } = own.socket.take('room.close')
  own.socket.say({ t: 'sync', room: 'r1', from: 5, rev: 6, put: [message(6, 'bob', 'two')], del: [] })
  own.socket.say({ t: 'ok', ref, data: {} })
  await settle()
  const { last, rev, unread } = own.chat.rooms.get('r1') ?? {}
  assert.deepEqual([before, last?.text, rev, unread], [1, 'two', 6, 2])
  own.socket.say({ t: 'bump', rooms: { r1: { rev: 7, unread: 3, last: null } } })
  assert.equal(own.chat.rooms.get('r1')?.unread, 3)
})
