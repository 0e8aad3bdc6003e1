import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CatchUps } from '../../src/engine/catch-ups.ts'
import type { Changes, Store } from '../../src/engine/ports.ts'
import { engineDefaults } from '../../src/engine/settings.ts'
import { encode } from '../../src/net/frame.ts'
import { encodeLines } from '../support/parlour.ts'
import { batch, commit, memoryStore, message } from '../support/store.ts'

interface Asked {
  since: number
  space: Uint8Array | undefined
  answer(page: Changes | null): void
  fail(error: Error): void
}

/** A store that answers changes when the test says so. */
async function slowStore(base: Store) {
  const asked: Asked[] = []
  const changes = (...[, since, , , , space]: Parameters<Store['changes']>) =>
    new Promise<Changes | null>((answer, fail) => asked.push({ since, space, answer, fail }))
  const store: Store = Object.assign(Object.create(base), { changes })
  const catchUps = new CatchUps({ store, settings: engineDefaults, encode: encodeLines, now: () => 0 })
  return { asked, catchUps }
}

const reader = { isReading: true }
const page = (rev: number): Changes => ({ records: new Uint8Array(), del: '', rev, more: false })

test('[R22] however many are behind, three pages are read at once, the longest waiting first', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const told = Array.from({ length: 9 }, (_, since) => catchUps.changes('r', since, reader))
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

test('what nobody waits for any more is not read', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const first = [1, 2, 3].map((since) => catchUps.changes('r', since, reader))
  const [gone, alsoGone] = [{ isReading: true }, { isReading: true }]
  const left = [catchUps.changes('r', 4, gone), catchUps.window('r', 'ada', gone)]
  const shared = [catchUps.changes('r', 5, alsoGone), catchUps.changes('r', 5, reader)]
  gone.isReading = alsoGone.isReading = false
  for (const one of asked.slice()) one.answer(page(9))
  await Promise.all(first)
  assert.deepEqual(await Promise.all(left), [null, { page: null, rev: 0, more: false }])
  assert.deepEqual(
    asked.slice(3).map(({ since }) => since),
    [5],
  )
  asked[3]?.answer(page(9))
  assert.deepEqual(await Promise.all(shared).then((steps) => steps.map((step) => step?.rev)), [9, 9])
})

test('[R22] who wait for the same page share its bytes; who asks once it is being read does not', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const first = [1, 2, 3].map((since) => catchUps.changes('r', since, reader))
  const [a, b] = [catchUps.changes('r', 7, reader), catchUps.changes('r', 7, reader)]
  const other = catchUps.changes('other', 7, reader)
  for (const one of asked.slice()) one.answer(page(9))
  await Promise.all(first)
  await new Promise(setImmediate)
  // It is at the store by now, which may not know of a commit that this one has heard of.
  const late = catchUps.changes('r', 7, reader)
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

test('[R22] pages are made in the space of those that were taken', async (t) => {
  const store = await memoryStore(t)
  await commit(store, batch('r', 0, { rows: [message('m', 1, { text: 'x'.repeat(9000) })] }))
  const catchUps = new CatchUps({ store, settings: engineDefaults, encode, now: () => 0 })
  const read = [
    () => catchUps.changes('r', 0, reader),
    () => catchUps.window('r', 'ada', reader),
    () => catchUps.changes('r', 0, reader),
  ]
  const first = (await read[0]!())?.page
  assert.ok(first)
  first.bytes.fill(0)
  first.taken()
  // What leads to no page takes no space away.
  assert.deepEqual(await catchUps.changes('r', 1, reader), { page: null, rev: 1, more: false })
  assert.equal(await catchUps.changes('r', 9, reader), null)
  for (const again of read) {
    const page = (await again())?.page
    assert.match(Buffer.from(page!.bytes).toString(), /x{9000}/)
    assert.ok(first.bytes.includes(120))
    first.bytes.fill(0)
    page?.taken()
  }
})

test('a page that cannot be read fails those who wait for it, and nobody else', async (t) => {
  const { asked, catchUps } = await slowStore(await memoryStore(t))
  const told = [1, 2, 3, 4].map((since) => catchUps.changes('r', since, reader))
  asked[0]?.fail(new Error('the disk is gone'))
  await assert.rejects(told[0] ?? Promise.resolve(), /the disk is gone/)
  await new Promise(setImmediate)
  assert.equal(asked[3]?.space, asked[0]?.space)
  for (const one of asked.slice(1)) one.answer(page(9))
  assert.equal((await told[3])?.rev, 9)
})
