/** What every `Store` promises, run against each implementation. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { CommitResult, Store } from '../../src/engine/ports.ts'
import { batch, commit, message, row } from '../support/store.ts'
import { pagesContract } from './store-pages.contract.ts'
import { peopleContract } from './store-people.contract.ts'

/** `open` makes an empty store, gone after the test. */
export function storeContract(name: string, open: (t: TestContext) => Promise<Store>): void {
  const check = (what: string, run: (store: Store, t: TestContext) => Promise<void>) =>
    test(`${name}: ${what}`, async (t) => run(await open(t), t))

  check('a batch is done once, and stale when the room is at another rev', async (store) => {
    assert.deepEqual(await commit(store, batch('r', 0)), { kind: 'done', jobs: [] })
    assert.deepEqual(await commit(store, batch('r', 0)), { kind: 'stale', rev: 1, rows: [] })
    assert.deepEqual(await commit(store, batch('r', 4)), { kind: 'stale', rev: 1, rows: [] })
    assert.deepEqual(await commit(store, batch('none', 1)), { kind: 'stale', rev: 0, rows: [] })
    assert.equal((await store.load('r', []))?.rev, 1)
    assert.equal(await store.load('none', []), null)
  })

  check('a fresh key that exists makes the batch stale and shows what is there', async (store) => {
    await commit(store, batch('r', 0, { rows: [message('m1', 1), message('m2', 1)] }))
    await commit(store, batch('r', 1, { rows: [message('m2', 2, { born: 1, body: null, fresh: false })] }))
    const again = [message('m1', 3), message('m2', 3), message('m3', 3)]
    const result = await commit(store, batch('r', 2, { rows: again, jobs: ['{}'] }))
    assert.equal(result.kind, 'stale')
    if (result.kind !== 'stale') return
    assert.equal(result.rev, 2)
    assert.deepEqual(
      result.rows.map(({ key, rev, body }) => [key, rev, body === null]),
      [
        ['message/m1', 1, false],
        ['message/m2', 2, true],
      ],
    )
    assert.deepEqual(await store.read('r', ['message/m3'], []), [])
    assert.deepEqual(await store.jobs(10), [])
    await commit(store, batch('other', 0))
    assert.equal((await commit(store, batch('other', 1, { rows: [message('m1', 2)] }))).kind, 'done')
  })

  check('batches handed over together are done in order, and each fails alone', async (store) => {
    const results: [string, CommitResult['kind']][] = []
    const all = [
      batch('a', 0),
      batch('b', 0, { head: null }), // a first batch must say what the room is
      batch('a', 1, { rows: [message('m', 2)] }),
      batch('a', 1),
      batch('c', 0, { rows: [message('m', 1), message('bad', 1, { expires: 0.5 })] }),
      batch('a', 2, { rows: [message('n', 3)] }),
    ]
    await new Promise<void>((resolve) => {
      for (const one of all) {
        store.commit(one, (result) => {
          if (results.push([one.room, result.kind]) === all.length) resolve()
        })
      }
      assert.deepEqual(results, [], 'nobody is told before commit returns')
    })
    assert.deepEqual(results, [
      ['a', 'done'],
      ['b', 'failed'],
      ['a', 'done'],
      ['a', 'stale'],
      ['c', 'failed'],
      ['a', 'done'],
    ])
    assert.equal((await store.load('a', []))?.rev, 3)
    assert.equal(await store.load('b', []), null)
    assert.equal(await store.load('c', []), null)
  })

  check('reads see whatever was reported done before', async (store) => {
    for (let rev = 1; rev <= 100; rev++) {
      await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
      assert.equal((await store.timeline('r', null, 1, 0)).rev, rev)
    }
  })

  check(
    'a room is loaded with its clock and the whole kinds only, its head stays as it was',
    async (store) => {
      const head = { kind: 'group', code: 'ABC', vanish: true } as const
      const rows = [row('room', 'r', 1), row('pin', 'm', 1), row('pins', 'x', 1), message('m', 1)]
      await commit(store, batch('r', 0, { head, rows }))
      await commit(store, batch('r', 1, { at: 2_000, rows: [row('pin', 'm2', 2)] }))
      await commit(store, batch('r', 2, { at: 2_000, rows: [row('pin', 'm2', 3, { born: 2, body: null })] }))
      const loaded = await store.load('r', ['room', 'pin'])
      assert.deepEqual(
        { ...loaded, rows: loaded?.rows.map((r) => r.key) },
        {
          rev: 3,
          at: 2_000,
          rows: ['room/r', 'pin/m'],
        },
      )
      assert.equal((await store.summary('r', 0))?.kind, 'group')
      assert.deepEqual([await store.vanishing(), await store.resolve('ABC')], [['r'], 'r'])
    },
  )

  check('a code leads to its room, moves, and goes', async (store) => {
    const head = (code: string | null) => ({ kind: 'room', code, vanish: false }) as const
    await commit(store, batch('r', 0, { head: head('AAA') }))
    assert.equal(await store.resolve('AAA'), 'r')
    assert.equal((await commit(store, batch('s', 0, { head: head('AAA') }))).kind, 'failed')
    await commit(store, batch('r', 1, { head: head('BBB') }))
    assert.equal(await store.resolve('AAA'), null)
    assert.equal(await store.resolve('BBB'), 'r')
    await commit(store, batch('r', 2))
    assert.equal(await store.resolve('BBB'), 'r')
  })

  check('reading by key gives tombstones too, and what hangs on a message', async (store) => {
    const hanging = (id: string) => row('reaction', `m.${id}`, 1, { on: 'm', author: id })
    const rows = [
      message('m', 1),
      message('gone', 1),
      hanging('ada'),
      hanging('bob'),
      row('pin', 'm', 1, { on: 'm' }),
    ]
    await commit(store, batch('r', 0, { rows }))
    await commit(store, batch('r', 1, { rows: [message('gone', 2, { born: 1, body: null, fresh: false })] }))
    const found = await store.read('r', ['message/gone', 'message/none'], ['m'])
    assert.deepEqual(found.map((r) => r.key).sort(), [
      'message/gone',
      'pin/m',
      'reaction/m.ada',
      'reaction/m.bob',
    ])
    const gone = found.find((r) => r.key === 'message/gone')
    assert.deepEqual(gone, { key: 'message/gone', rev: 2, born: 1, author: 'ada', body: null })
    assert.deepEqual(await store.read('none', ['message/m'], ['m']), [])
  })

  check('with a message goes what hangs on it, and nothing else', async (store) => {
    const rows = [
      message('m', 1),
      message('n', 1),
      row('reaction', 'm.ada', 1, { on: 'm' }),
      row('reaction', 'n.ada', 1, { on: 'n' }),
      row('pin', 'm', 1, { on: 'm' }),
      row('pin', 'n', 1, { on: 'n' }),
    ]
    await commit(store, batch('r', 0, { rows }))
    await commit(store, batch('s', 0, { rows }))
    await commit(store, batch('r', 1, { rows: [row('pin', 'n', 2, { born: 1, body: null, on: 'n' })] }))
    await commit(store, batch('r', 2, { rows: [message('m', 3, { born: 1, body: null, fresh: false })] }))
    const keys = rows.map((r) => r.key)
    const left = async (room: string) =>
      (await store.read(room, keys, [])).filter((r) => r.body !== null).map((r) => r.key)
    assert.deepEqual(await left('r'), ['message/n', 'reaction/n.ada'])
    assert.equal((await left('s')).length, 6)
  })

  check('erasing a room leaves nothing of it but its jobs', async (store) => {
    const head = { kind: 'room', code: 'AAA', vanish: true } as const
    await commit(
      store,
      batch('r', 0, { head, rows: [message('m', 1, { expires: 5 })], members: [['ada', true]] }),
    )
    assert.deepEqual(await store.vanishing(), ['r'])
    const erased = await commit(store, batch('r', 1, { erase: true, jobs: ['"bye"'] }))
    assert.equal(erased.kind === 'done' && erased.jobs[0]?.job, '"bye"')
    const left = await store.load('r', ['room'])
    assert.deepEqual([left?.rev, left?.rows], [2, []], 'nothing but its clock')
    assert.equal(await store.resolve('AAA'), null)
    assert.deepEqual(await store.roomsOf('ada'), [])
    assert.deepEqual(await store.vanishing(), [])
    assert.deepEqual(await store.expired(9, 9), [])
    assert.equal((await commit(store, batch('r', 0, { head }))).kind, 'stale')
    assert.equal((await commit(store, batch('r', 2, { head }))).kind, 'done')
    assert.equal(
      await store.changes('r', 1, 9, 99, 0),
      null,
      'no rev of the one is taken for one of the other',
    )
    assert.equal((await store.changes('r', 2, 9, 99, 0))?.rev, 3)
    assert.deepEqual(await store.read('r', ['message/m'], []), [])
  })

  pagesContract(check)
  peopleContract(check)
}
