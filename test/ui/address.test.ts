import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeIn, codePath, isOnlyHere, placeOf, roomPath } from '../../client/ui/address.ts'

test('[R2] a room link opens that room, in whatever case and with whatever dashes', () => {
  const room = { kind: 'code', code: '7K2QFM9XTA' }
  assert.deepEqual(placeOf('/r/7K2QF-M9XTA'), room)
  assert.deepEqual(placeOf('/r/7k2qfm9xta/'), room)
  assert.deepEqual(placeOf('/r/7k2qf%20m9xta'), room)
  assert.deepEqual(placeOf(codePath('7K2QFM9XTA')), room)
})

test('everything else is the lobby, and a link that is none says what it was', () => {
  assert.deepEqual(placeOf('/'), { kind: 'lobby' })
  assert.deepEqual(placeOf('/x/y'), { kind: 'lobby' })
  assert.deepEqual(placeOf('/r/hello'), { kind: 'nowhere', typed: 'hello' })
  assert.deepEqual(placeOf('/r/%E0%A4%A'), { kind: 'nowhere', typed: '%E0%A4%A' })
})

test('a room whose code is not known yet has an address as well', () => {
  const url = new URL(roomPath('a:b c'), 'http://x')
  assert.deepEqual(placeOf(url.pathname, url.search), { kind: 'room', room: 'a:b c' })
})

test('[R2] a code is found in what was pasted, be it the code or a whole link', () => {
  for (const typed of ['7K2QF-M9XTA', ' 7k2qf m9xta ', 'https://x.example/r/7K2QF-M9XTA?x#y', '7K2QFM9XTA'])
    assert.equal(codeIn(typed), '7K2QFM9XTA', typed)
  for (const typed of ['', '7K2QF', 'https://x.example/', 'uuuuu-uuuuu'])
    assert.equal(codeIn(typed), null, typed)
})

test('a link to this very machine is of no use to others', () => {
  for (const host of ['localhost:8080', 'parlour.localhost', '127.0.0.1', '127.1.2.3:80', '[::1]:8080'])
    assert.equal(isOnlyHere(`http://${host}/r/7K2QF-M9XTA`), true, host)
  for (const host of [
    '192.168.0.7:8080',
    'localhost.example.org',
    '127.example.org',
    '[fe80::1]',
    'chat.example.org',
  ])
    assert.equal(isOnlyHere(`https://${host}/`), false, host)
})
