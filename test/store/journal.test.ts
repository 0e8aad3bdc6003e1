/** What a journal holds, told from what SQLite left in it. */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { Database } from '../../src/store/database.ts'
import { readJournal } from '../../src/store/journal.ts'
import { fileStore } from '../support/store.ts'
import { write } from './history.ts'

test('[R12] what a transaction wrote before it was rolled back is not taken for lost', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 50)
  await store.close()
  const db = new Database(file, { readOnly: false, busyTimeout: 0 })
  t.after(() => db.close())
  const touch = () => db.run("INSERT INTO meta VALUES ('x', 'y') ON CONFLICT DO NOTHING")
  touch()
  // So few pages that they are written before the end.
  db.pragma('cache_size = 2')
  db.exec('BEGIN')
  for (let i = 0; i < 500; i++) db.run('INSERT INTO jobs (job) VALUES (?)', 'x'.repeat(1000))
  db.exec('ROLLBACK')
  const before = readJournal(`${file}-wal`)
  db.run("UPDATE meta SET value = 'z' WHERE name = 'x'")
  const after = readJournal(`${file}-wal`)
  assert.ok(after.good > 0 && readFileSync(`${file}-wal`).length > (after.good + 2) * 4096, 'more is in it')
  assert.deepEqual([before.lost, after.lost], [0, 0])
  for (let i = 0; i < 3; i++) db.run("UPDATE meta SET value = value || 'z' WHERE name = 'x'")
  const damaged = `${folder}/damaged`
  writeFileSync(damaged, readFileSync(`${file}-wal`).fill(0xa5, 100, 200))
  assert.deepEqual(readJournal(damaged).good, 0)
  assert.equal(readJournal(damaged).lost, after.good + 2)
})
