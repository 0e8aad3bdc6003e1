/** What was deleted is, after tidying, in no file of the folder. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
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
