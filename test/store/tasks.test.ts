/** `parlour backup`, `restore` and `check`, as somebody types them, beside a server or without one. */

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { backup, restore } from '../../src/store/backup.ts'
import { Database } from '../../src/store/database.ts'
import { markOf, readMark } from '../../src/store/mark.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { runCommand, spawnServer } from '../support/server.ts'
import { batch, commit, fileStore, message, quiet, tempFolder } from '../support/store.ts'
import { reopened, write, wrongIn } from './history.ts'

test('[R14] a backup taken while others write is a beginning of the log, without a hole', async (t) => {
  const { store, folder } = await fileStore(t)
  await write(store, 1, 50)
  let isWriting = true
  const writing = (async () => {
    for (let rev = 51; isWriting; rev++) await write(store, rev, rev)
  })()
  const to = join(folder, 'backup.db')
  const { code, stdout, stderr } = await runCommand(['backup', to, '--data', folder])
  isWriting = false
  await writing
  assert.deepEqual([code, stderr], [0, ''])
  assert.match(stdout, /holds 1 rooms with \d+ records, and was read through/)
  const elsewhere = join(await tempFolder(t), 'parlour.db')
  await restore(to, elsewhere)
  const { store: restored } = await reopened(t, elsewhere)
  const { rev } = (await restored.load('r', [])) ?? { rev: 0 }
  assert.ok(rev >= 50)
  const keys = Array.from({ length: rev }, (_, i) => `message/m${i + 1}` as const)
  assert.equal((await restored.read('r', keys, [])).length, rev)
  assert.deepEqual(wrongIn(elsewhere), [])
  assert.ok(((await store.load('r', []))?.rev ?? 0) > rev, 'the server went on')
})

test('a backup overwrites nothing, and leaves nothing when it fails', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 1)
  const to = join(folder, 'there.db')
  writeFileSync(to, 'mine')
  await assert.rejects(backup(file, to), /there\.db is there already/)
  assert.equal(readFileSync(to, 'utf8'), 'mine')
  await assert.rejects(backup(join(folder, 'none.db'), join(folder, 'new.db')), /there is no database at/)
  await assert.rejects(backup(file, join(folder, 'no', 'such', 'folder.db')), /cannot write/)
  assert.deepEqual(
    readdirSync(folder).filter((name) => /new|part/.test(name)),
    [],
  )
  await backup(file, join(folder, 'new.db'))
  assert.equal(statSync(join(folder, 'new.db')).mode & 0o777, 0o600)
})

test('a backup has its name only when it is whole, and takes none that is taken meanwhile', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 1)
  const to = join(folder, 'new.db')
  writeFileSync(`${to}.part`, 'mine')
  await assert.rejects(backup(file, to), /new\.db\.part is there already; remove it if/)
  assert.equal(readFileSync(`${to}.part`, 'utf8'), 'mine')
  rmSync(`${to}.part`)
  const going = backup(file, to)
  assert.deepEqual([existsSync(to), existsSync(`${to}.part`)], [false, true])
  writeFileSync(to, 'mine')
  await assert.rejects(going, /new\.db is there already/)
  assert.equal(readFileSync(to, 'utf8'), 'mine')
  assert.equal(existsSync(`${to}.part`), false)
})

test('[R11] a restored backup has another epoch, and what was there before is kept', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 10)
  const to = join(folder, 'backup.db')
  await backup(file, to)
  await write(store, 11, 20)
  await assert.rejects(restore(to, file), /another server is using/)
  await store.close()
  const { kept, records } = await restore(to, file)
  assert.equal(records, 10)
  const { store: restored, log } = await reopened(t, file)
  assert.notEqual(restored.epoch, store.epoch)
  assert.equal((await restored.load('r', []))?.rev, 10)
  assert.deepEqual(log.of('store.loss'), [])
  const { store: before } = await reopened(t, join(kept ?? '', 'parlour.db'))
  assert.equal((await before.load('r', []))?.rev, 20)
})

test('what is no whole backup is not restored, and everything stays as it is', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 60)
  const good = join(folder, 'good.db')
  await backup(file, good)
  await store.close()
  const before = readFileSync(file)
  const bytes = readFileSync(good)
  const wrong: [name: string, content: string | Buffer, why: RegExp][] = [
    ['cut.db', bytes.subarray(0, bytes.length / 2), /damaged|malformed/],
    ['flipped.db', Buffer.from(bytes).fill(0xa5, 20_000, 24_000), /damaged|malformed/],
    ['text.db', 'Dear diary, '.repeat(1000), /not a database/],
    ['empty.db', '', /there is no database/],
  ]
  for (const [name, content, why] of wrong) {
    writeFileSync(join(folder, name), content)
    await assert.rejects(restore(join(folder, name), file), why, name)
    assert.deepEqual(readFileSync(file), before)
  }
  const left = readdirSync(folder).filter((name) => /restor|part/.test(name))
  assert.deepEqual(left, [])
})

test('[R11] an older database that was simply copied back is noticed and gets another epoch', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 10)
  await store.close()
  const old = readFileSync(file)
  const { store: later } = await reopened(t, file)
  assert.equal(later.epoch, store.epoch)
  await write(later, 11, 20)
  await later.close()
  writeFileSync(file, old)
  const { store: again, log } = await reopened(t, file)
  assert.notEqual(again.epoch, store.epoch)
  assert.match(String(log.of('store.loss')[0]?.fields.why), /commits of before .* are missing/)
  await again.close()
  const { store: calm, log: nothing } = await reopened(t, file)
  assert.equal(calm.epoch, again.epoch)
  assert.deepEqual(nothing.of('store.loss'), [])
  assert.ok(existsSync(join(folder, 'parlour.mark')))
})

test('[R12] what was not written does not move the mark', async (t) => {
  const { store, file } = await fileStore(t)
  const before = readMark(file)
  assert.equal((await commit(store, batch('r', 7, { rows: [message('m', 8)] }))).kind, 'stale')
  await store.close()
  assert.deepEqual(readMark(file), before)
})

test('[R11] a whole folder that was copied is a copy, and a database without a mark is one too', async (t) => {
  const { store, file } = await fileStore(t)
  await write(store, 1, 3)
  await store.close()
  const folder = await tempFolder(t)
  const copy = join(folder, 'parlour.db')
  writeFileSync(copy, readFileSync(file))
  const { store: first, log } = await reopened(t, copy)
  assert.notEqual(first.epoch, store.epoch)
  assert.match(String(log.of('store.new_epoch')[0]?.fields.why), /mark is missing/)
  await first.close()
  writeFileSync(`${copy}.new`, readFileSync(copy))
  renameSync(`${copy}.new`, copy)
  const { store: second, log: told } = await reopened(t, copy)
  assert.notEqual(second.epoch, first.epoch)
  assert.match(String(told.of('store.new_epoch')[0]?.fields.why), /is a copy/)
})

test('[R11] a folder that was copied back over itself is noticed, though it keeps its inodes', async (t) => {
  const { store, file } = await fileStore(t)
  await write(store, 1, 3)
  await store.close()
  const mark = readMark(file)
  assert.ok(mark)
  // As if it had been copied yesterday, and back today.
  const at = new Date(Date.parse(mark.at) - 24 * 3_600_000).toISOString()
  writeFileSync(markOf(file), JSON.stringify({ ...mark, at }))
  assert.match(wrongIn(file)[0]?.problem ?? '', /the mark is a copy; the next start begins a new epoch/)
  const { store: first, log } = await reopened(t, file)
  assert.notEqual(first.epoch, store.epoch)
  assert.match(String(log.of('store.new_epoch')[0]?.fields.why), /the mark is a copy/)
  await first.close()
  const { store: second } = await reopened(t, file)
  assert.equal(second.epoch, first.epoch)
})

test('a database that is gone while its mark is not is refused', async (t) => {
  const { store, file, folder } = await fileStore(t)
  await write(store, 1, 3)
  await store.close()
  rmSync(file)
  await assert.rejects(openStore({ file, log: quiet }), /is missing, but .*parlour\.mark says it was there/)
  assert.equal(existsSync(file), false)
  rmSync(join(folder, 'parlour.mark'))
  await (await openStore({ file, log: quiet })).close()
})

test('check says what is whole and what is not, and its exit code says it too', async (t) => {
  const data = await tempFolder(t)
  const server = await spawnServer({ data, test: t })
  const running = await runCommand(['check', '--data', data])
  assert.deepEqual([running.code, running.stderr], [0, ''])
  assert.match(running.stdout, /ok {2}every room has its last change/)
  assert.match(running.stdout, /Everything is whole\.\n$/)
  const busy = await runCommand(['restore', join(data, 'parlour.db'), '--data', data])
  assert.deepEqual([busy.code, busy.stdout], [1, ''])
  assert.match(busy.stderr, /^parlour: another server is using [^\n]+\n$/)
  await server.kill('SIGTERM')
  const db = new Database(join(data, 'parlour.db'), { readOnly: false, busyTimeout: 0 })
  db.exec("UPDATE rooms SET rev = rev + 1; UPDATE records SET key = 'room/x'")
  db.close()
  const wrong = await runCommand(['check', '--data', data])
  assert.equal(wrong.code, 1)
  assert.match(
    wrong.stdout,
    /NO {2}every room has its last change: room \S+ is at rev 2, but its last change is of rev 1/,
  )
  assert.match(wrong.stdout, /NO {2}every record says what its row says/)
  const none = await runCommand(['check', '--data', join(data, 'none')])
  assert.equal(none.code, 1)
})

test('a task used wrongly is one line and exit 2', async (t) => {
  const data = await tempFolder(t)
  const wrong = [['backup'], ['backup', '--data', data], ['check', 'what'], ['restore', 'x', 'y'], ['dance']]
  for (const args of [...wrong, ['check', '--memory'], ['check', '--nonsense']]) {
    const { code, stdout, stderr } = await runCommand(args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assert.match(stderr, /^parlour: [^\n]+\n$/)
  }
  const help = await runCommand(['--help'])
  for (const line of ['backup FILE', 'restore FILE', 'check  ']) assert.ok(help.stdout.includes(line), line)
  for (const line of help.stdout.split('\n')) assert.ok(line.length <= 100, line)
  assert.equal((await runCommand(['backup', '--help'])).code, 0)
})
