/** When the store is lost while running, everybody who waits is told, and so is the one who can stop the server. */

import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../../src/store/sqlite.ts'
import { Thread } from '../../src/store/thread.ts'
import { batch, commit, fileStore, message, quiet, tempFolder } from '../support/store.ts'

test('[R34] a database damaged while in use fails everything and says so once', async (t) => {
  const { store: first, file } = await fileStore(t)
  for (let rev = 1; rev <= 50; rev++)
    await commit(first, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
  await first.close()
  const failures: Error[] = []
  let tell = (_: Error): void => undefined
  const failed = new Promise<Error>((resolve) => (tell = resolve))
  const onFailure = (error: Error) => {
    failures.push(error)
    tell(error)
  }
  const store = await openStore({ file, log: quiet, onFailure })
  writeFileSync(file, readFileSync(file).fill(0xa5, 4096))
  await assert.rejects(store.timeline('r', null, 50, 0), /malformed/)
  assert.match((await failed).message, /malformed/)
  await assert.rejects(store.timeline('r', null, 50, 0), /malformed/)
  await store.close().catch(() => undefined)
  assert.equal(failures.length, 1)
})

for (const how of ['removed', 'replaced'] as const) {
  test(`[R34] a database that is ${how} under the server fails everything within the second`, async (t) => {
    const { promise: failed, resolve } = Promise.withResolvers<Error>()
    const file = join(await tempFolder(t), 'parlour.db')
    const store = await openStore({ file, log: quiet, onFailure: resolve })
    assert.equal((await commit(store, batch('r', 0))).kind, 'done')
    if (how === 'replaced') {
      copyFileSync(file, `${file}.new`)
      renameSync(`${file}.new`, file)
    } else rmSync(file)
    assert.equal((await commit(store, batch('r', 1))).kind, 'done', 'not noticed yet')
    assert.match((await failed).message, /parlour\.db was removed or replaced/)
    assert.equal((await commit(store, batch('r', 2))).kind, 'failed')
    await store.close().catch(() => undefined)
  })
}

test('[R34] whoever waits for a thread that dies is told, and so is whoever asks later', async () => {
  const failures: Error[] = []
  const duty = { file: null, role: 'both', synchronous: 'FULL' } as const
  const thread = new Thread(duty, (error) => failures.push(error))
  await thread.ask('open')
  // Enough to be at work on when the end comes.
  const waiting = thread.ask('group', ...Array.from({ length: 50_000 }, () => ['prune', 0]))
  thread.kill()
  await assert.rejects(waiting, /thread ended/)
  await assert.rejects(thread.ask('resolve', 'x'), /thread ended/)
  assert.equal(failures.length, 1)
  await thread.close()
})

test('what cannot cross to the thread fails and is never thrown', async (t) => {
  const { store } = await fileStore(t)
  const result = await commit(store, batch('r', 0, { jobs: [(() => 'no text') as never] }))
  assert.equal(result.kind, 'failed')
  assert.equal((await commit(store, batch('r', 0))).kind, 'done')
})

test('a commit that comes back wrong from the thread fails alone', async (t) => {
  const { store } = await fileStore(t)
  const [wrong, right] = await Promise.all([
    commit(store, batch('r', 0, { rev: Number.NaN })),
    commit(store, batch('s', 0)),
  ])
  assert.equal(wrong.kind, 'failed')
  assert.equal(right.kind, 'done')
})
