/**
 * [R12] Damaged files: the store starts whole, with everything of before the damage, and says so under a new epoch if
 * something is missing; or it refuses in one line and leaves everything as it is. `FUZZ_SEEDS=300` for more.
 */

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { after, before, test } from 'node:test'
import { StoreError } from '../../src/store/error.ts'
import { openStore } from '../../src/store/sqlite.ts'
import { openPlain, sizeOf } from '../../src/store/start.ts'
import { integrity } from '../../src/store/verify.ts'
import type { MemoryLog } from '../support/log.ts'
import { memoryLog } from '../support/log.ts'
import { random, seeds } from '../support/random.ts'
import { tempFolder } from '../support/store.ts'
import type { Damage } from './damage.ts'
import { copyFolder, crashed, damage, damages, said } from './damage.ts'

/** Commits: all of it in the journal, and most of it in the database with a journal that went round. */
const sizes = [60, 700]
const rooms = ['a', 'b', 'c']
/** Transactions that are no commit of ours: the tables and the marks. */
const others = 6
const bases = new Map<number, string>()

before(() =>
  Promise.all(
    sizes.map(async (count) => {
      const folder = mkdtempSync(join(tmpdir(), 'parlour-'))
      bases.set(count, folder)
      await crashed(folder, count)
    }),
  ),
)
after(() => {
  for (const folder of bases.values()) rmSync(folder, { recursive: true })
})

interface Case {
  folder: string
  file: string
  count: number
  epoch: string
  log: MemoryLog
}

async function copyOf(t: TestContext, count: number): Promise<Case> {
  const folder = join(await tempFolder(t), 'data')
  const base = bases.get(count) ?? ''
  copyFolder(base, folder)
  const db = openPlain(join(base, 'parlour.db'))
  const epoch = db.get<{ value: string }>("SELECT value FROM meta WHERE name = 'epoch'")?.value ?? ''
  db.close()
  return { folder, file: join(folder, 'parlour.db'), count, epoch, log: memoryLog() }
}

/** How many of the commits are there; fails unless they are the first ones, whole. */
async function found({ file, count, epoch, log }: Case, what: string): Promise<number> {
  const store = await openStore({ file, log })
  try {
    const revs = await Promise.all(rooms.map(async (room) => (await store.load(room, []))?.rev ?? 0))
    const total = revs.reduce((sum, rev) => sum + rev, 0)
    for (const [i, room] of rooms.entries()) {
      assert.equal(revs[i], Math.floor((total + 2 - i) / 3), `${what}: the rooms are of different moments`)
      const wanted = Array.from({ length: revs[i] ?? 0 }, (_, rev) => said(room, rev + 1))
      const rows = await store.read(
        room,
        wanted.map(({ key }) => key),
        [],
      )
      for (const [n, { key, body }] of wanted.entries())
        assert.ok(rows[n]?.key === key && rows[n]?.body === body, `${what}: ${key} is not what it was`)
    }
    if (total < count) {
      assert.notEqual(store.epoch, epoch, `${what}: ${count - total} lost, and clients are not told`)
      assert.equal(log.of('store.loss').length, 1, what)
    }
    return total
  } finally {
    await store.close()
  }
}

/** SQLite keeps no checksums in the database, so a flipped bit within a text is not noticed: only that all else is well. */
async function opens({ file, log, count }: Case): Promise<number> {
  await (await openStore({ file, log })).close()
  return count
}

function assertWhole(file: string, what: string): void {
  const db = openPlain(file)
  const problem = integrity(db)
  db.close()
  assert.equal(problem, null, what)
}

/** Of the commits, those whose last page lies before the byte. */
function commitsBefore(file: string, at: number): number {
  const wal = readFileSync(`${file}-wal`)
  const frame = 24 + wal.readUInt32BE(8)
  let commits = 0
  for (let start = 32; start + frame <= Math.min(at, wal.length); start += frame) {
    if (wal.readUInt32BE(start + 4) > 0) commits++
  }
  return commits
}

type Outcome = 'whole' | 'less, and said so' | 'refused'
const outcomes = new Map<string, number>()

async function run(one: Case, kind: Damage, seed: number): Promise<void> {
  const dice = random(seed)
  const done = damage(one.folder, kind, () => dice.next())
  const what = `seed ${seed}, ${one.count} commits: ${done}`
  const files = () =>
    [one.file, `${one.file}-wal`].map((path) => (sizeOf(path) > 0 ? readFileSync(path) : null))
  const damaged = files()
  let outcome: Outcome
  try {
    const total = await (kind === 'db-flip' ? opens(one) : found(one, what))
    assertWhole(one.file, what)
    outcome = total === one.count ? 'whole' : 'less, and said so'
    const at = /^(?:cut at|flip bit \d of byte) (\d+)/.exec(done)?.[1]
    if (at !== undefined && one.count === 60) {
      const least = commitsBefore(one.file.replace(one.folder, bases.get(60) ?? ''), Number(at)) - others
      assert.ok(total >= least, `${what}: ${total} there, ${least} wanted`)
    }
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    assert.doesNotMatch(error.message, /\n/, what)
    assert.deepEqual(files(), damaged, `${what}: written into what was refused`)
    outcome = 'refused'
  }
  if (kind === 'no-shm') assert.equal(outcome, 'whole', what)
  const name = `${kind}: ${outcome}`
  outcomes.set(name, (outcomes.get(name) ?? 0) + 1)
}

test('[R12] thirty damaged folders: whole, or less and said so, or refused', async (t) => {
  for (const seed of seeds(30)) {
    const kind = damages[seed % damages.length] ?? 'cut'
    const count = sizes[Math.floor(seed / damages.length) % sizes.length] ?? 60
    await run(await copyOf(t, count), kind, seed)
  }
  t.diagnostic(JSON.stringify(Object.fromEntries([...outcomes].sort())))
})

test('[R12] without damage nothing is missing after a crash', async (t) => {
  for (const count of sizes) {
    const one = await copyOf(t, count)
    assert.equal(await found(one, 'undamaged'), count)
    assert.deepEqual(one.log.of('store.loss'), [])
  }
})
