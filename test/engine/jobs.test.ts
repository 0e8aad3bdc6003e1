import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Jobs } from '../../src/engine/jobs.ts'
import type { Store, StoredJob } from '../../src/engine/ports.ts'
import type { Reply } from '../../src/engine/task.ts'
import type { Job } from '../../src/feature.ts'
import { refuse } from '../../src/feature.ts'
import { LOBBY } from '../../src/state/records.ts'
import { fakeClock } from '../support/clock.ts'
import { memoryLog } from '../support/log.ts'
import { parlour, settle } from '../support/parlour.ts'
import { batch, commit, memoryStore } from '../support/store.ts'

const rename = (name: string, user = 'ada-0001'): Job => ({
  to: { roomsOf: user },
  frame: 'member.named',
  fields: { user, name },
})

const knows = (frame: string) => frame === 'member.named'

/** Jobs that a commit left in the store. */
async function left(store: Store, jobs: Job[]): Promise<StoredJob[]> {
  await commit(store, batch('somewhere', 0, { jobs: jobs.map((job) => JSON.stringify(job)) }))
  return store.jobs(1_000)
}

test('what a crash left undone is done after the next start, in order, and then forgotten', async (t) => {
  const store = await memoryStore(t)
  const before = await parlour(t, { store })
  const ada = await before.seat('ada')
  await settle(store)
  await left(store, [rename('First'), rename('Second')])
  const after = await parlour(t, { store })
  for (let round = 0; round < 3; round++) await settle(store)
  const seen = await (await after.again(ada.id)).query('member.list', { room: LOBBY, ids: [ada.id] })
  assert.ok(seen.records[0]?.type === 'member' && seen.records[0].name === 'Second')
  assert.deepEqual(await store.jobs(10), [])
})

test('a job that cannot be done yet is tried again, and holds back those after it for the same target only', async (t) => {
  const store = await memoryStore(t)
  const clock = fakeClock()
  const done: string[] = []
  let isDown = true
  const submit = async (_frame: string, fields: Record<string, unknown>): Promise<Reply> => {
    if (isDown && fields.user === 'ada') return refuse('unavailable', 'down', 1)
    done.push(`${fields.user} ${fields.name}`)
    return { kind: 'kept', rev: 1 }
  }
  const jobs = new Jobs({ store, clock, log: memoryLog(), submit, knows })
  const inRoom = (room: string, user: string, name: string): Job => ({ ...rename(name, user), to: { room } })
  for (const job of await left(store, [
    inRoom('r1', 'ada', '1'),
    inRoom('r1', 'ada', '2'),
    inRoom('r2', 'bob', '1'),
  ]))
    jobs.add(job)
  await settle(store)
  assert.deepEqual(done, ['bob 1'])
  isDown = false
  clock.advance(1_000)
  await jobs.idle()
  assert.deepEqual(done, ['bob 1', 'ada 1', 'ada 2'])
  assert.deepEqual(await store.jobs(10), [])
})

test('a refusal that will not change is the end of a job', async (t) => {
  const store = await memoryStore(t)
  const submit = async (): Promise<Reply> => refuse('not_found', 'no such room')
  const jobs = new Jobs({ store, clock: fakeClock(), log: memoryLog(), submit, knows })
  for (const job of await left(store, [{ ...rename('x'), to: { room: 'gone' } }])) jobs.add(job)
  await jobs.idle()
  assert.deepEqual(await store.jobs(10), [])
})

test('a job of another version that cannot be crossed off yet is crossed off later', async (t) => {
  const store = await memoryStore(t)
  const clock = fakeClock()
  const { finish } = store
  let tries = 0
  store.finish = async (jobs) => {
    if (++tries === 1) throw new Error('no disk')
    return finish(jobs)
  }
  const submit = async (): Promise<Reply> => assert.fail('nobody knows how')
  const jobs = new Jobs({ store, clock, log: memoryLog(), submit, knows: () => false })
  for (const job of await left(store, [{ ...rename('Later'), to: { room: LOBBY } }])) jobs.add(job)
  await settle(store)
  assert.equal((await store.jobs(10)).length, 1)
  clock.advance(1_000)
  await jobs.idle()
  assert.deepEqual([await store.jobs(10), tries], [[], 2])
})
