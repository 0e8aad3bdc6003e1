/**
 * [R13] A disk that is full, and has space again. It needs a small disk of its own, which only root can mount, on Linux;
 * elsewhere it is skipped, and says so. `FULL_DISK_CYCLES=20` for more.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Store } from '../../src/engine/ports.ts'
import { LOBBY } from '../../src/state/records.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { mint, parlour } from '../support/parlour.ts'
import { batch, commit, message, quiet } from '../support/store.ts'

/** `null`: it cannot be had here. */
async function smallDisk(t: TestContext, mib: number): Promise<string | null> {
  const folder = mkdtempSync(join(tmpdir(), 'parlour-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'tmpfs', folder], { stdio: 'ignore' })
  } catch {
    t.diagnostic('SKIPPED: a full disk was not tried, because no small disk could be mounted here')
    rmSync(folder, { recursive: true })
    t.skip('needs root and Linux to mount a small disk')
    return null
  }
  t.after(() => {
    execFileSync('umount', ['-l', folder])
    rmSync(folder, { recursive: true })
  })
  return folder
}

/** Takes all the space there is. */
function fill(folder: string): string {
  const ballast = join(folder, 'ballast')
  for (const bytes of [65_536, 4096, 512]) {
    try {
      for (;;) appendFileSync(ballast, Buffer.alloc(bytes, 1))
    } catch {
      // Full for pieces of this size.
    }
  }
  return ballast
}

const reserveIn = (folder: string) => join(folder, 'parlour.reserve')

async function sendUntil(store: Store, from: number, kind: 'done' | 'full'): Promise<number> {
  const until = performance.now() + 10_000
  let last = ''
  for (let rev = from; performance.now() < until; ) {
    const result = await commit(store, batch('r', rev, { rows: [message(`m${rev + 1}`, rev + 1, { text })] }))
    if (result.kind === 'done') rev++
    last = result.kind === 'failed' ? result.error.message : result.kind
    if (result.kind === kind) return rev
  }
  throw new Error(`no commit ${kind} within 10 s, but ${last}`)
}
const text = 'x'.repeat(16_000)

test('[R13] on a full disk nothing is acknowledged, all is readable and can be deleted, and it recovers', async (t) => {
  const folder = await smallDisk(t, 40)
  if (folder === null) return
  const store = await openStore({ file: join(folder, 'parlour.db'), log: quiet, onFailure: assert.fail })
  t.after(() => store.close())
  assert.ok(existsSync(reserveIn(folder)))
  const cycles = Number(process.env.FULL_DISK_CYCLES ?? 2)
  let [rev, slowest, refused] = [await sendUntil(store, 0, 'done'), 0, 0]
  for (let cycle = 0; cycle < cycles; cycle++) {
    const ballast = fill(folder)
    rev = await sendUntil(store, rev, 'full')
    assert.equal((await store.load('r', []))?.rev, rev, 'what was refused is not there')
    assert.equal((await store.timeline('r', null, 50, 0)).rev, rev)
    assert.equal(existsSync(reserveIn(folder)), false, 'the reserve is given up')
    for (let i = 0; i < 300; i++) {
      const gone = message(`gone${cycle}-${i}`, rev + 1, { body: null })
      assert.equal((await commit(store, batch('r', rev, { rows: [gone] }))).kind, 'done', `deletion ${i}`)
      rev++
    }
    const next = batch('r', rev, { rows: [message('never', rev + 1, { text })] })
    assert.equal((await commit(store, next)).kind, 'full')
    refused++
    await store.tidy(0)
    rmSync(ballast)
    const since = performance.now()
    rev = await sendUntil(store, rev, 'done')
    slowest = Math.max(slowest, performance.now() - since)
    assert.ok(existsSync(reserveIn(folder)), 'the reserve is taken again')
  }
  t.diagnostic(`${cycles} cycles, ${refused} refused, recovered after at most ${Math.round(slowest)} ms`)
})

test('[R13] people are told, and can still read and delete', async (t) => {
  const folder = await smallDisk(t, 24)
  if (folder === null) return
  const store = await openStore({ file: join(folder, 'parlour.db'), log: quiet, onFailure: assert.fail })
  t.after(() => store.close())
  const { seat } = await parlour(t, { store })
  const ada = await seat('ada')
  await ada.open(LOBBY)
  const id = mint()
  await ada.ok('message.send', { room: LOBBY, id, body: 'before' })
  const shared = mint()
  await ada.ok('message.send', { room: LOBBY, id: shared, body: 'before' })
  fill(folder)
  const since = performance.now()
  let code: string | null = null
  while (code === null && performance.now() - since < 5000) {
    const answer = await ada.ask('message.send', { room: LOBBY, id: mint(), body: 'x'.repeat(10_000) })
    if (answer.t === 'no') code = answer.code
  }
  assert.equal(code, 'unavailable')
  const { records } = await ada.query('message.history', { room: LOBBY, limit: 200 })
  assert.ok(records.some((record) => record.type === 'message' && record.id === id))
  await ada.ok('message.delete', { room: LOBBY, id })
  const [sent, gone] = await Promise.all([
    ada.ask('message.send', { room: LOBBY, id: mint(), body: 'shares a turn with a deletion' }),
    ada.ask('message.delete', { room: LOBBY, id: shared }),
  ])
  assert.ok(sent.t === 'no' && sent.code === 'unavailable')
  assert.equal(gone.t, 'ok')
})

test('[R13] a store closes on a full disk, and nothing acknowledged is missing afterwards', async (t) => {
  const folder = await smallDisk(t, 24)
  if (folder === null) return
  const file = join(folder, 'parlour.db')
  const store = await openStore({ file, log: quiet, onFailure: assert.fail })
  let rev = await sendUntil(store, 0, 'done')
  for (let i = 0; i < 40; i++) rev = await sendUntil(store, rev, 'done')
  fill(folder)
  rev = await sendUntil(store, rev, 'full')
  const ballast = fill(folder)
  await store.close()
  rmSync(ballast)
  const again = await openStore({ file, log: quiet })
  t.after(() => again.close())
  assert.equal((await again.load('r', []))?.rev, rev)
})

test('[R13] a store that is opened on a full disk is refused in one line, and opens later', async (t) => {
  const folder = await smallDisk(t, 24)
  if (folder === null) return
  const file = join(folder, 'parlour.db')
  const first = await openStore({ file, log: quiet })
  assert.equal((await commit(first, batch('r', 0, { rows: [message('m', 1)] }))).kind, 'done')
  await first.close()
  rmSync(reserveIn(folder), { force: true })
  const ballast = fill(folder)
  await assert.rejects(openStore({ file, log: quiet }), /^StoreError: cannot [^\n]+disk is full$/)
  rmSync(ballast)
  const store = await openStore({ file, log: quiet })
  t.after(() => store.close())
  assert.equal((await store.timeline('r', null, 5, 0)).rev, 1)
})
