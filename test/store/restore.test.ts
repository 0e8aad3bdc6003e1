/** A restore that is killed, fails or is asked for something odd: nothing is lost, and the next one ends well. */

import assert from 'node:assert/strict'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup, restore } from '../../src/store/backup.ts'
import { Database } from '../../src/store/database.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { fileStore, quiet, tempFolder } from '../support/store.ts'
import { reopened, write, wrongIn } from './history.ts'

/** A copy of a backup as a crash leaves it in the middle of a transaction, with the journal to undo that. */
async function crashedHalfWay(from: string, to: string): Promise<void> {
  copyFileSync(from, `${to}.work`)
  const db = new Database(`${to}.work`, { readOnly: false, busyTimeout: 0 })
  // So few pages that what was changed is written before the end.
  db.pragma('cache_size = 2')
  db.exec("BEGIN; UPDATE records SET body = body || ' '; DELETE FROM records WHERE rowid % 2 = 0")
  copyFileSync(`${to}.work`, to)
  copyFileSync(`${to}.work-journal`, `${to}-journal`)
  db.close()
  rmSync(`${to}.work`)
}

test('what a restore that was killed left beside its copy does not get into the next one', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 100)
  const [early, to] = [join(folder, 'early.db'), join(folder, 'backup.db')]
  await backup(file, early)
  await write(store, 101, 200)
  await backup(file, to)
  await store.close()
  const copy = join(await tempFolder(t), 'parlour.db')
  await crashedHalfWay(early, `${copy}.restoring`)
  await restore(to, copy)
  const { store: restored } = await reopened(t, copy)
  assert.equal((await restored.load('r', []))?.rev, 200)
  assert.deepEqual(wrongIn(copy), [])
  assert.equal(existsSync(`${copy}.restoring-journal`), false)
})

test('what an interrupted restore left is no source of the next one, and is not removed by it', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 3)
  const elsewhere = join(await tempFolder(t), 'parlour.db')
  for (const end of ['.restoring', '.restoring.part']) {
    const left = `${elsewhere}${end}`
    await backup(file, left)
    await assert.rejects(restore(left, elsewhere), /is what an interrupted restore left/)
    const link = join(folder, `link${end}`)
    symlinkSync(left, link)
    await assert.rejects(restore(link, elsewhere), /is what an interrupted restore left/)
    assert.ok(existsSync(left))
  }
})

test('a server does not start empty where a restore was interrupted', async (t) => {
  const { store, file } = await fileStore(t)
  await write(store, 1, 3)
  await store.close()
  const elsewhere = join(await tempFolder(t), 'parlour.db')
  renameSync(file, `${elsewhere}.restoring`)
  await assert.rejects(
    openStore({ file: elsewhere, log: quiet }),
    /missing, because a restore was interrupted/,
  )
  assert.equal(existsSync(elsewhere), false)
})

test('what a restore that was killed had set aside so far, the next one finishes', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 3)
  const to = join(folder, 'backup.db')
  await backup(file, to)
  await store.close()
  const unfinished = join(folder, 'before-restore.unfinished')
  mkdirSync(unfinished)
  renameSync(file, join(unfinished, 'parlour.db'))
  writeFileSync(`${file}-wal`, 'the last words')
  await assert.rejects(openStore({ file, log: quiet }), /missing/)
  const { kept } = await restore(to, file)
  assert.deepEqual(readdirSync(kept ?? '').sort(), ['parlour.db', 'parlour.db-wal'])
  assert.equal(existsSync(unfinished), false)
  mkdirSync(unfinished)
  writeFileSync(join(unfinished, 'parlour.db'), 'of yet another time')
  await restore(to, file)
  const kepts = readdirSync(folder).filter((name) => name.startsWith('before-restore.'))
  assert.equal(kepts.length, 3)
})

test('when nothing can be set aside, everything stays as it is', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 3)
  const to = join(folder, 'backup.db')
  await backup(file, to)
  await store.close()
  writeFileSync(join(folder, 'before-restore.unfinished'), 'no folder')
  await assert.rejects(restore(to, file), /cannot make the folder/)
  const { store: again } = await reopened(t, file)
  assert.equal(again.epoch, store.epoch)
  assert.equal(existsSync(`${file}.restoring`), false)
})

test('a folder that cannot be made for a restore is refused', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 1)
  const to = join(folder, 'backup.db')
  await backup(file, to)
  if (process.platform === 'linux')
    await assert.rejects(restore(to, '/proc/nowhere/at/all/parlour.db'), /cannot make the folder/)
  await assert.rejects(restore(to, join(file, 'deeper', 'parlour.db')), /cannot make the folder/)
})

test('[R34] a crash half-way through a change without the log is undone at the next start', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 200)
  await backup(file, join(folder, 'backup.db'))
  await store.close()
  const elsewhere = join(await tempFolder(t), 'parlour.db')
  await crashedHalfWay(join(folder, 'backup.db'), elsewhere)
  const { store: healed } = await reopened(t, elsewhere)
  assert.equal((await healed.load('r', []))?.rev, 200)
  assert.deepEqual(wrongIn(elsewhere), [])
  await healed.close()
  rmSync(elsewhere)
  await crashedHalfWay(join(folder, 'backup.db'), elsewhere)
  const { kept } = await restore(join(folder, 'backup.db'), elsewhere)
  assert.deepEqual(readdirSync(kept ?? '').sort(), ['parlour.db', 'parlour.db-journal'])
  const { store: restored } = await reopened(t, elsewhere)
  assert.equal((await restored.load('r', []))?.rev, 200)
})
