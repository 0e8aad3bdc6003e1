import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatchUps } from '../../src/engine/catch-ups.ts'
import type { Changes, Store } from '../../src/engine/ports.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { encodeLines } from '../support/parlour.ts'
import { memoryStore } from '../support/store.ts'

/** A store that answers changes when the test says so. */
async function slowStore(base: Store) {
  const asked: { since: number; answer(page: Changes | null): void; fail(error: Error): void }[] = []
  const changes = (_: string, since: number) =>
    new Promise<Changes | null>((answer, fail) => asked.push({ since, answer, fail }))
  const store: Store = Object.assign(Object.create(base), { changes })
  const catchUps = new CatchUps({ store, settings: engineDefaults, encode: encodeLines, now: () => 0 })
  return { asked, catchUps }
}

const page = (rev: number): Changes => ({ records: '', del: '', rev, more: false })

test('[R22] however many are behind, three pages are read at once, the longest waiting first', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const told = Array.from({ length: 9 }, (_, since) => catchUps.changes('r', since))
  assert.deepEqual(
    asked.map(({ since }) => since),
    [0, 1, 2],
  )
  for (let n = 0; n < 9; n++) {
    asked[n]?.answer(page(100))
    assert.equal((await told[n])?.rev, 100)
    await Promise.resolve()
  }
  assert.deepEqual(
    asked.map(({ since }) => since),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  )
})

test('[R22] who wait for the same page share its bytes; who asks once it is being read does not', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const first = [1, 2, 3].map((since) => catchUps.changes('r', since))
  const [a, b] = [catchUps.changes('r', 7), catchUps.changes('r', 7)]
  const other = catchUps.changes('other', 7)
  for (const one of asked.slice()) one.answer(page(9))
  await Promise.all(first)
  await new Promise(setImmediate)
  // It is at the store by now, which may not know of a commit that this one has heard of.
  const late = catchUps.changes('r', 7)
  assert.deepEqual(
    asked.slice(3).map(({ since }) => since),
    [7, 7, 7],
  )
  for (const one of asked.slice(3)) one.answer(page(9))
  const steps = await Promise.all([a, b, other, late])
  assert.equal(steps[0], steps[1])
  assert.notEqual(steps[0], steps[2])
  assert.notEqual(steps[0], steps[3])
})

test('a page that cannot be read fails those who wait for it, and nobody else', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const told = [1, 2, 3, 4].map((since) => catchUps.changes('r', since))
  asked[0]?.fail(new Error('the disk is gone'))
  await assert.rejects(told[0] ?? Promise.resolve(), /the disk is gone/)
  await new Promise(setImmediate)
  for (const one of asked.slice(1)) one.answer(page(9))
  assert.equal((await told[3])?.rev, 9)
})
