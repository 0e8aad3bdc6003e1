/** What waits for a room, by itself and in a real room: how much is one batch, and when nobody need be waited for. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { LiveRoom } from '../../src/engine/live-room.ts'
import { Meter } from '../../src/engine/meter.ts'
import { Queue } from '../../src/engine/queue.ts'
import type { RoomHost, Task } from '../../src/engine/task.ts'
import type { Turn } from '../../src/engine/tick.ts'
import { Tick } from '../../src/engine/tick.ts'
import { command, put, SYSTEM } from '../../src/feature.ts'
import { fakeClock } from '../support/clock.ts'
import { mint } from '../support/parlour.ts'
import { memoryStore, quiet } from '../support/store.ts'

const say = command(
  'say',
  {},
  {
    permit: 'system',
    run(room, _fields, actor, { id, at }) {
      const words = put({
        type: 'message',
        id: id(),
        by: actor.id,
        at,
        body: 'hi',
        edited: null,
        expires: null,
      })
      if (room.get('room', room.id)) return [words]
      const made = { name: '', code: null, vanish: false, by: null, at, people: 0 } as const
      return [put({ type: 'room', id: room.id, kind: 'room', ...made }), words]
    },
  },
)

const task = (size = 1, settle: Task['settle'] = () => undefined): Task => ({
  command: say,
  fields: {},
  actor: SYSTEM,
  size,
  settle,
})

const tasks = (count: number, size = 1) => Array.from({ length: count }, () => task(size))

function queueOf(all: readonly Task[]): Queue {
  const queue = new Queue()
  for (const one of all) queue.add(one)
  return queue
}

test('a batch takes 512 tasks or 256 Ki characters, in order, and at least one task', () => {
  const many = tasks(1_100)
  const queue = queueOf(many)
  const lengths = []
  const taken = []
  while (queue.length > 0) {
    const batch = queue.take(false)
    lengths.push(batch.length)
    taken.push(...batch)
  }
  assert.deepEqual(lengths, [512, 512, 76])
  assert.ok(taken.every((one, n) => one === many[n]))
  assert.equal(queueOf(tasks(40, 9_000)).take(false).length, 29)
  assert.equal(queueOf(tasks(2, 300_000)).take(false).length, 1)
  assert.equal(queueOf(tasks(9)).take(true).length, 1)
})

test('it is full when the next batch has no space for more, whatever was taken and put back', () => {
  const byCount = queueOf(tasks(511))
  assert.equal(byCount.isFull, false)
  byCount.add(task())
  assert.equal(byCount.isFull, true)
  byCount.take(true)
  assert.equal(byCount.isFull, false)

  const bySize = queueOf(tasks(29, 9_000))
  assert.equal(bySize.isFull, false)
  bySize.add(task(9_000))
  assert.equal(bySize.isFull, true)
  const batch = bySize.take(false)
  assert.equal(bySize.isFull, false)
  bySize.putBack(batch)
  assert.equal(bySize.isFull, true)
  assert.equal(bySize.take(true)[0], batch[0])
  assert.equal(bySize.drain().length, 29)
  assert.deepEqual([bySize.length, bySize.isFull], [0, false])
  bySize.add(task(200_000))
  assert.equal(bySize.isFull, false)
})

/** Counts how often rooms ask for a turn. */
class CountingTick extends Tick {
  asked = 0
  override room(room: Turn): void {
    this.asked++
    super.room(room)
  }
}

async function scene(t: TestContext) {
  const clock = fakeClock()
  const meter = new Meter()
  const tick = new CountingTick(clock, meter)
  const host: RoomHost = {
    store: await memoryStore(t),
    clock,
    log: quiet,
    tick,
    meter,
    moment: (at, now) => ({ at, now, id: mint, code: mint }),
    isNewAuthor: () => false,
    committed: () => undefined,
    erased: () => undefined,
    drop: () => undefined,
  }
  return { room: new LiveRoom(host, mint()), tick }
}

/** Enqueues a task; resolves when it is answered. */
const ask = (room: LiveRoom, then: () => void = () => undefined) =>
  new Promise<void>((resolve) => {
    room.enqueue(
      task(1, () => {
        then()
        resolve()
      }),
    )
  })

test('a room asks for a turn once, however many speak before it comes', async (t) => {
  const { room, tick } = await scene(t)
  await Promise.all([ask(room), ask(room), ask(room)])
  assert.equal(tick.asked, 1)
})

test('it is complete when as many wait as were answered, also if it was the answer that moved them', async (t) => {
  const { room } = await scene(t)
  let next: Promise<void> | null = null
  await ask(room, () => {
    next = ask(room)
  })
  assert.equal(room.isComplete, true)
  await next
  const two = [ask(room), ask(room)]
  await two[0]
  const one = ask(room)
  assert.equal(room.isComplete, false)
  const other = ask(room)
  assert.equal(room.isComplete, true)
  await Promise.all([one, other])
})

test('it is complete when a batch is full, though more were under way', async (t) => {
  const { room } = await scene(t)
  const all = Array.from({ length: 1_100 }, () => ask(room))
  await all[0]
  assert.equal(room.isComplete, true)
  await all[512]
  assert.equal(room.isComplete, false)
  await Promise.all(all)
})
