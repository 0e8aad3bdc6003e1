/** Starting: one server per folder, and one clear line for everything that cannot be opened; nothing is overwritten. */

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { Database } from '../../src/store/database.ts'
import { StoreError } from '../../src/store/error.ts'
import { migrations } from '../../src/store/migrations.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { claimFolder, openWriter } from '../../src/store/start.ts'
import { batch, commit, fileStore, message, quiet, tempFolder } from '../support/store.ts'

async function refused(file: string, why: RegExp): Promise<void> {
  await assert.rejects(openStore({ file, log: quiet, onFailure: assert.fail }), (error) => {
    assert.ok(error instanceof StoreError)
    assert.match(error.message, why)
    assert.doesNotMatch(error.message, /\n/)
    return true
  })
}

const openRaw = (file: string) => new Database(file, { readOnly: false, busyTimeout: 0 })

test('what was committed is there after opening the file again, under the same epoch', async (t) => {
  const { store, file } = await fileStore(t)
  await commit(store, batch('r', 0, { rows: [message('m', 1)], jobs: ['{}'] }))
  const page = await store.timeline('r', null, 5, 0)
  await store.close()
  const again = await openStore({ file, log: quiet })
  t.after(() => again.close())
  assert.equal(again.epoch, store.epoch)
  assert.deepEqual(await again.timeline('r', null, 5, 0), page)
  assert.equal((await again.jobs(9)).length, 1)
})

test('a second server on the same folder is refused, the first goes on', async (t) => {
  const { store, file } = await fileStore(t)
  await refused(file, /^another server is using .*parlour\.db$/)
  assert.equal((await commit(store, batch('r', 0))).kind, 'done')
  await store.close()
  const next = await openStore({ file, log: quiet })
  assert.equal((await next.load('r', []))?.rev, 1)
  await next.close()
})

test('a lock that can be read and not written is refused, because it keeps nobody out', async (t) => {
  const folder = await tempFolder(t)
  const lock = join(folder, 'parlour.lock')
  writeFileSync(lock, '', { mode: 0o444 })
  chmodSync(folder, 0o777)
  const me = process.geteuid?.()
  // Root may write everything.
  if (me === 0) process.seteuid?.(65_534)
  try {
    assert.throws(() => claimFolder(join(folder, 'parlour.db')), /^StoreError: cannot write [^\n]+readonly/)
  } finally {
    if (me === 0) process.seteuid?.(0)
  }
  chmodSync(lock, 0o600)
  claimFolder(join(folder, 'parlour.db')).close()
})

test('[R1] a killed server keeps what it acknowledged and leaves no lock', async (t) => {
  const file = join(await tempFolder(t), 'parlour.db')
  const script = `
    import { openStore } from './src/store/sqlite.ts'
    import { batch, quiet } from './test/support/store.ts'
    const store = await openStore({ file: process.argv[1], log: quiet })
    for (let rev = 0; rev < 100; rev++) store.commit(batch('r', rev), () => rev === 99 && console.log('done'))
    setInterval(() => {}, 1000)`
  const cwd = new URL('../..', import.meta.url)
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, file], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  t.after(() => child.kill('SIGKILL'))
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  assert.equal(child.exitCode, null)
  await refused(file, /another server/)
  child.kill('SIGKILL')
  await ended
  const store = await openStore({ file, log: quiet })
  t.after(() => store.close())
  assert.equal((await store.load('r', []))?.rev, 100)
})

test('files that are none of ours are refused and left as they are', async (t) => {
  const folder = await tempFolder(t)
  const text = join(folder, 'text.db')
  writeFileSync(text, 'Dear diary, '.repeat(1000))
  const other = join(folder, 'other.db')
  const db = openRaw(other)
  db.exec('CREATE TABLE diary (day TEXT)')
  db.close()
  const before = [readFileSync(text), readFileSync(other)]
  await refused(text, /text\.db is damaged or not a database/)
  await refused(other, /other\.db is not a Parlour database/)
  assert.deepEqual([readFileSync(text), readFileSync(other)], before)
})

test('a damaged database is refused and left as it is', async (t) => {
  const { store, file } = await fileStore(t)
  for (let rev = 1; rev <= 50; rev++)
    await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
  await store.close()
  const bytes = readFileSync(file)
  for (const damage of [0, 100, 4096 * 3]) {
    const damaged = Buffer.from(bytes)
    damaged.fill(0xa5, damage, damage + 2000)
    writeFileSync(file, damaged)
    await refused(file, /damaged/)
    assert.deepEqual(readFileSync(file), damaged)
  }
  writeFileSync(file, bytes.subarray(0, 5000))
  await refused(file, /damaged/)
})

test('a database that is gone while its journal is not is refused', async (t) => {
  const file = join(await tempFolder(t), 'parlour.db')
  writeFileSync(`${file}-wal`, 'the last words')
  await refused(file, /missing or empty, but its journal is not/)
  assert.equal(readFileSync(`${file}-wal`, 'utf8'), 'the last words')
})

test('a database of a newer version is refused and left as it is', async (t) => {
  const { store, file } = await fileStore(t)
  await store.close()
  const db = openRaw(file)
  db.exec(`PRAGMA user_version = ${migrations.length + 1}`)
  db.close()
  const before = readFileSync(file)
  await refused(file, /newer Parlour \(version 2; this one knows 1\)/)
  assert.deepEqual(readFileSync(file), before)
})

test('a folder that cannot be made or written is refused', async (t) => {
  const folder = await tempFolder(t)
  writeFileSync(join(folder, 'file'), '')
  await refused(join(folder, 'file', 'parlour.db'), /cannot make the folder/)
  if (process.platform === 'linux') await refused('/proc/nowhere/at/all/parlour.db', /cannot make the folder/)
  await refused('/proc/parlour.db', /cannot write \/proc\/parlour\.lock/)
})

test('an older database is kept beside the one that is brought up to date', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await commit(store, batch('r', 0))
  await store.close()
  const steps = [
    ...migrations,
    'ALTER TABLE rooms ADD COLUMN topic TEXT',
    'CREATE TABLE late (x TEXT) STRICT',
  ]
  const db = openWriter(file, 'FULL', steps)
  assert.equal(db.pragma('user_version'), 3)
  assert.equal(db.get<{ topic: null }>('SELECT topic FROM rooms')?.topic, null)
  db.close()
  const [snapshot, ...others] = readdirSync(folder).filter((name) => /^parlour\.v1\..*\.db$/.test(name))
  assert.ok(snapshot)
  assert.deepEqual(others, [])
  assert.equal(statSync(join(folder, snapshot)).mode & 0o777, 0o600)
  const kept = await openStore({ file: join(folder, snapshot), log: quiet })
  assert.equal((await kept.load('r', []))?.rev, 1)
  await kept.close()
})

test('a snapshot that cannot be made whole leaves nothing behind', async (t) => {
  const { store, file, folder } = await fileStore(t)
  // More than is looked through on a start.
  const rows = Array.from({ length: 1_000 }, (_, i) => message(`m${i}`, 1, { text: 'x'.repeat(9_000) }))
  await commit(store, batch('r', 0, { rows }))
  await store.close()
  const db = openRaw(file)
  const root = db.get<{ page: number }>("SELECT rootpage AS page FROM sqlite_schema WHERE name = 'records'")
  db.close()
  const at = ((root?.page ?? 0) - 1) * 4096
  writeFileSync(file, readFileSync(file).fill(0xa5, at, at + 4096))
  const steps = [...migrations, 'CREATE TABLE late (x TEXT) STRICT']
  assert.throws(() => openWriter(file, 'FULL', steps), /cannot bring .* up to date: .*malformed/)
  const snapshots = readdirSync(folder).filter((name) => name.startsWith('parlour.v'))
  assert.deepEqual(snapshots, [])
})

test('a migration that fails leaves the step before, whole', async (t) => {
  const { store, file } = await fileStore(t)
  await store.close()
  const steps = [...migrations, 'CREATE TABLE late (x TEXT) STRICT', 'CREATE TABLE half (x TEXT); SELECT no']
  assert.throws(() => openWriter(file, 'FULL', steps), /cannot bring .* up to date: no such column/)
  const db = openRaw(file)
  assert.equal(db.pragma('user_version'), 2)
  assert.equal(db.get("SELECT 1 FROM sqlite_schema WHERE name = 'half'"), undefined)
  db.close()
})

test('[R2] a commit is synced to the disk unless the setting says otherwise', async (t) => {
  const { store, file } = await fileStore(t)
  await store.close()
  const values = (db: Database) =>
    [
      'journal_mode',
      'synchronous',
      'busy_timeout',
      'mmap_size',
      'trusted_schema',
      'foreign_keys',
      'secure_delete',
    ]
      .map((name) => db.pragma(name))
      .concat(db.pragma('journal_size_limit'))
  const full = openWriter(file, 'FULL')
  assert.deepEqual(values(full), ['wal', 2, 5000, 0, 0, 1, 1, 64 * 1024 * 1024])
  full.close()
  const normal = openWriter(file, 'NORMAL')
  assert.equal(normal.pragma('synchronous'), 1)
  normal.close()
})
