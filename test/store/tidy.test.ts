/** What was deleted is, after tidying, in no file of the folder. */

import assert from 'node:assert/strict'
import { on } from 'node:events'
import { readdirSync, readFileSync, utimesSync, watch, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { SNAPSHOT_KEPT } from '../../src/store/snapshots.ts'
import { BUSY_TIMEOUT, openPlain, sizeOf } from '../../src/store/start.ts'
import { batch, commit, fileStore, message } from '../support/store.ts'

/** Of the texts, those found in some file of the folder. */
function found(folder: string, texts: string[]): string[] {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
  return texts.filter((text) => files.some((bytes) => bytes.includes(text)))
}

test('[R37] text of deleted, edited and erased messages is in no file after tidying', async (t) => {
  const { store, folder } = await fileStore(t)
  // Long and short ones, so that pages overflow, split and merge.
  const secret = (n: number) => `secret${n}secret${'x'.repeat((n * 137) % 6000)}`
  const rooms = ['r', 's']
  for (const room of rooms) {
    for (let rev = 1; rev <= 60; rev++) {
      const rows = Array.from({ length: 10 }, (_, i) =>
        message(`${room}${rev}-${i}`, rev, { text: secret(rev * 10 + i) }),
      )
      await commit(store, batch(room, rev - 1, { rows }))
    }
  }
  const kept = (i: number) => i % 10 === 0
  for (let rev = 1; rev <= 60; rev++) {
    const later = Array.from({ length: 10 }, (_, i) =>
      message(`r${rev}-${i}`, 60 + rev, {
        born: rev,
        fresh: false,
        ...(kept(i) ? { text: 'edited' } : { body: null }),
      }),
    )
    await commit(store, batch('r', 59 + rev, { rows: later }))
  }
  await commit(store, batch('s', 60, { erase: true }))
  const secrets = Array.from({ length: 600 }, (_, i) => `secret${i + 10}secret`)
  assert.notDeepEqual(found(folder, secrets), [], 'without tidying it is still somewhere')
  await store.tidy(0)
  assert.deepEqual(found(folder, secrets), [])
  assert.deepEqual(found(folder, ['"edited"']), ['"edited"'])
  await store.tidy(2_000)
  assert.equal((await store.read('r', ['message/r1-1', 'message/r60-9'], [])).length, 0)
})

test('[R37] a long read in the way of tidying stops nobody, and afterwards the text is gone', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await commit(store, batch('r', 0, { rows: [message('m', 1, { text: 'secret' })] }))
  const reader = openPlain(file)
  reader.exec('BEGIN')
  reader.get('SELECT count(*) FROM records')
  await commit(store, batch('r', 1, { rows: [message('m', 2, { born: 1, fresh: false, body: null })] }))
  const since = performance.now()
  await store.tidy(0)
  await commit(store, batch('r', 2))
  assert.ok(performance.now() - since < BUSY_TIMEOUT, 'nobody waited for the reader')
  assert.deepEqual(found(folder, ['secret']), ['secret'])
  reader.close()
  const journal = `${file}-wal`
  const watcher = watch(journal)
  t.after(() => watcher.close())
  const changes = on(watcher, 'change')
  while (sizeOf(journal) > 0) await changes.next()
  assert.deepEqual(found(folder, ['secret']), [])
})

test('a store closes at once while somebody reads its file', async (t) => {
  const { store, file } = await fileStore(t)
  const reader = openPlain(file)
  t.after(() => reader.close())
  reader.exec('BEGIN')
  reader.get('SELECT count(*) FROM records')
  await commit(store, batch('r', 0))
  const since = performance.now()
  await store.close()
  assert.ok(performance.now() - since < BUSY_TIMEOUT)
})

test('tidying drops more tombstones than one transaction takes', async (t) => {
  const { store } = await fileStore(t)
  const keys = Array.from({ length: 2_500 }, (_, i) => `m${i}`)
  const rows = keys.map((id) => message(id, 1, { body: null }))
  await commit(store, batch('r', 0, { rows }))
  await store.tidy(2_000)
  assert.deepEqual(
    await store.read(
      'r',
      keys.map((id) => `message/${id}`),
      [],
    ),
    [],
  )
  assert.equal(await store.changes('r', 0, 9, 99, 0), null)
})

test('a room that was erased is gone at once, its records by and by, and the room may be made again', async (t) => {
  const { store, folder } = await fileStore(t)
  const rows = Array.from({ length: 3_500 }, (_, i) => message(`m${i}`, 1, { text: 'secret', expires: 5 }))
  await commit(store, batch('r', 0, { rows, members: [['ada', true]] }))
  await commit(store, batch('r', 1, { erase: true }))
  const unread = await store.unread('r', 'bob', 0, 100, 0)
  assert.deepEqual([await store.roomsOf('ada'), await store.expired(9, 9), unread.count], [[], [], 0])
  const head = { kind: 'room', code: null, vanish: false } as const
  assert.equal((await commit(store, batch('r', 2, { head, rows: [message('m0', 3)] }))).kind, 'done')
  await store.tidy(0)
  assert.deepEqual(found(folder, ['secret']), [])
  assert.equal((await store.read('r', ['message/m0', 'message/m1'], [])).length, 1)
})

test('the clock that an erased room leaves behind goes with the tombstones', async (t) => {
  const { store } = await fileStore(t)
  await commit(store, batch('r', 0))
  await commit(store, batch('r', 1, { erase: true, at: 1_000 }))
  await store.tidy(1_000)
  assert.equal((await store.load('r', []))?.rev, 2)
  await store.tidy(1_001)
  assert.equal(await store.load('r', []), null)
})

test('[R37] a snapshot of before a migration is dropped when it is old', async (t) => {
  const { store, folder } = await fileStore(t)
  const [old, young, other] = [
    'parlour.v1.2020-01-01T00-00-00-000.db',
    'parlour.v1.2020-01-02T00-00-00-000.db',
    'my.db',
  ]
  for (const name of [old, young, other]) writeFileSync(join(folder, name), '')
  const aged = new Date(Date.now() - SNAPSHOT_KEPT - 60_000)
  for (const name of [old, other]) utimesSync(join(folder, name), aged, aged)
  await store.tidy(0)
  const left = readdirSync(folder)
  assert.deepEqual(
    [old, young, other].map((name) => left.includes(name)),
    [false, true, true],
  )
})
