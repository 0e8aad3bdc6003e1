import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Pending } from '../../client/api.ts'
import type { OutboxStorage } from '../../client/outbox-storage.ts'
import { lateOutbox } from '../../client/ui/late-outbox.ts'

const entry: Pending = {
  id: 'e',
  person: 'ada',
  room: 'r',
  name: 'message.delete',
  fields: { room: 'r', id: 'm' },
  at: 0,
  order: 0,
  state: 'waiting',
  why: null,
}

/** Notes what is asked of it. */
function noting(heard: string[]): OutboxStorage {
  return {
    adopt(person, take) {
      heard.push(`adopt ${person}`)
      take([entry])
      return () => heard.push('stop')
    },
    put: ({ id }) => heard.push(`put ${id}`),
    remove: ({ id }) => heard.push(`remove ${id}`),
    clear: (person) => heard.push(`clear ${person}`),
  }
}

test('[T7] what is asked before the storage is open is done in order once it is', async () => {
  const heard: string[] = []
  const opening = Promise.withResolvers<OutboxStorage>()
  const outbox = lateOutbox(opening.promise)
  outbox.put(entry)
  const taken = new Promise<Pending[]>((take) => outbox.adopt('ada', take))
  outbox.remove(entry)
  outbox.clear('ada')
  assert.deepEqual(heard, [])
  opening.resolve(noting(heard))
  assert.deepEqual(await taken, [entry])
  await null
  assert.deepEqual(heard, ['put e', 'adopt ada', 'remove e', 'clear ada'])
})

test('[T7] a storage that does not open, or never answers, holds nothing up', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const refused = lateOutbox(Promise.reject(new Error('private mode')))
  assert.deepEqual(await new Promise((take) => refused.adopt('ada', take)), [])
  const silent = lateOutbox(new Promise(() => undefined), 2_000)
  const taken = new Promise((take) => silent.adopt('ada', take))
  context.mock.timers.tick(2_000)
  assert.deepEqual(await taken, [])
})

test('[T7] a storage that opens late still keeps everything, and gives what it held', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const heard: string[] = []
  const opening = Promise.withResolvers<OutboxStorage>()
  const outbox = lateOutbox(opening.promise, 2_000)
  const taken: Pending[][] = []
  outbox.adopt('ada', (entries) => taken.push(entries))
  context.mock.timers.tick(2_000)
  outbox.put(entry)
  assert.deepEqual(taken, [[]])
  opening.resolve(noting(heard))
  await opening.promise
  await null
  assert.deepEqual(heard, ['adopt ada', 'put e'])
  assert.deepEqual(taken, [[], [entry]])
})

test('who stops before the storage is open adopts nothing', async () => {
  const heard: string[] = []
  const opening = Promise.withResolvers<OutboxStorage>()
  const outbox = lateOutbox(opening.promise)
  outbox.adopt('ada', () => heard.push('taken'))()
  opening.resolve(noting(heard))
  await new Promise((later) => setImmediate(later))
  assert.deepEqual(heard, [])
})
