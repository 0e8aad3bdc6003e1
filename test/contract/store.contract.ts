/** What every `Store` promises, run against each implementation. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { CommitResult, Row, Store } from '../../src/engine/ports.ts'
import { batch, commit, message, row } from '../support/store.ts'
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

  check('a room is loaded with its clock, its head and the whole kinds only', async (store) => {
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
        head,
        rows: ['room/r', 'pin/m'],
      },
    )
  })

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

  check('a window holds the newest, what hangs there, the pinned, and each author once', async (store) => {
    const rows = [
      row('room', 'r', 1),
      ...['ada', 'bob', 'cal', 'eve'].map((id) => row('member', id, 1)),
      row('pin', 'm1', 1, { on: 'm1' }),
    ]
    await commit(store, batch('r', 0, { rows }))
    for (let rev = 2; rev <= 9; rev++) {
      const rows = [message(`m${rev - 1}`, rev, { author: rev === 9 ? 'bob' : 'ada' })]
      await commit(store, batch('r', rev - 1, { rows }))
    }
    await commit(store, batch('r', 9, { rows: [row('reaction', 'm8.cal', 10, { on: 'm8', author: 'cal' })] }))
    const view = await store.window('r', ['room', 'pin'], 'ada', 3, 0)
    assert.deepEqual(keysOf(view.records).slice(0, 3), ['message/m8', 'message/m7', 'message/m6'])
    assert.deepEqual(keysOf(view.records).slice(3).sort(), [
      'member/ada',
      'member/bob',
      'member/cal',
      'message/m1',
      'pin/m1',
      'reaction/m8.cal',
      'room/r',
    ])
    assert.deepEqual([view.rev, view.more, view.floor], [10, true, 7])
    const whole = await store.window('r', ['room', 'pin'], 'eve', 8, 0)
    assert.deepEqual([whole.more, whole.floor], [false, 0])
    assert.ok(keysOf(whole.records).includes('member/eve'))
    assert.equal(new Set(keysOf(whole.records)).size, keysOf(whole.records).length)
    assert.deepEqual(await store.window('none', [], 'ada', 3, 0), {
      records: '',
      rev: 0,
      more: false,
      floor: 0,
    })
  })

  check('the timeline is paged by born, newest first, without a gap or a double', async (store) => {
    for (let rev = 1; rev <= 10; rev++)
      await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
    await commit(store, batch('r', 10, { rows: [message('m7', 11, { born: 7, fresh: false })] }))
    await commit(store, batch('r', 11, { rows: [message('m6', 12, { born: 6, fresh: false, body: null })] }))
    const first = await store.timeline('r', null, 4, 0)
    assert.deepEqual(keysOf(first.records), ['message/m10', 'message/m9', 'message/m8', 'message/m7'])
    assert.deepEqual([first.more, first.rev], [true, 12])
    const second = await store.timeline('r', 7, 4, 0)
    assert.deepEqual(keysOf(second.records), ['message/m5', 'message/m4', 'message/m3', 'message/m2'])
    const last = await store.timeline('r', 2, 1, 0)
    assert.deepEqual([keysOf(last.records), last.more], [['message/m1'], false])
  })

  check('what has expired is in no page, but due for the sweeper, oldest first', async (store) => {
    const rows = [message('m1', 1, { expires: 50 }), message('m2', 2, { expires: 40 }), message('m3', 3)]
    for (const [i, one] of rows.entries()) await commit(store, batch('r', i, { rows: [one] }))
    const keys = ['message/m1', 'message/m2', 'message/m3']
    assert.deepEqual(keysOf((await store.timeline('r', null, 9, 40)).records), ['message/m3', 'message/m1'])
    assert.deepEqual(keysOf((await store.window('r', [], 'ada', 9, 50)).records), ['message/m3'])
    assert.deepEqual(keysOf((await store.get('r', keys, 49)).records), ['message/m1', 'message/m3'])
    assert.deepEqual(keysOf((await store.changes('r', 0, 9, 99, 60))?.records), ['message/m3'])
    assert.deepEqual(await store.expired(39, 9), [])
    assert.deepEqual(await store.expired(50, 1), [{ room: 'r', key: 'message/m2' }])
    assert.equal((await store.expired(50, 9)).length, 2)
    await commit(store, batch('r', 3, { rows: [{ ...rows[1]!, rev: 4, fresh: false, body: null }] }))
    assert.deepEqual(await store.expired(50, 9), [{ room: 'r', key: 'message/m1' }])
  })

  check('changes come in order of rev, never half a rev, until the room is reached', async (store) => {
    const three = (rev: number): Row[] => ['a', 'b', 'c'].map((x) => row('pin', `${x}${rev}`, rev))
    for (let rev = 1; rev <= 4; rev++) await commit(store, batch('r', rev - 1, { rows: three(rev) }))
    await commit(store, batch('r', 4, { rows: [row('pin', 'a1', 5, { born: 1, body: null })] }))
    await commit(store, batch('r', 5))
    const first = await store.changes('r', 0, 4, 99, 0)
    assert.deepEqual(keysOf(first?.records), ['pin/b1', 'pin/c1', 'pin/a2', 'pin/b2', 'pin/c2'])
    assert.deepEqual([first?.rev, first?.more, first?.del], [2, true, ''])
    const second = await store.changes('r', 2, 6, 99, 0)
    assert.deepEqual([second?.rev, second?.more, keysOf(second?.records).length], [4, true, 6])
    const last = await store.changes('r', 4, 1, 99, 0)
    assert.deepEqual([last?.rev, last?.more, last?.records, last?.del], [6, false, '', '["pin","a1"]'])
    assert.deepEqual(await store.changes('r', 6, 9, 99, 0), { records: '', del: '', rev: 6, more: false })
  })

  check('changes are refused when too many, or from where the room never was', async (store) => {
    await commit(store, batch('r', 0, { rows: [message('m1', 1), message('m2', 1), message('m3', 1)] }))
    assert.equal(await store.changes('r', 2, 9, 99, 0), null)
    assert.equal(await store.changes('none', 0, 9, 99, 0), null)
    assert.equal(await store.changes('r', 0, 9, 2, 0), null)
    assert.notEqual(await store.changes('r', 0, 9, 3, 0), null)
  })

  check('after tidying, changes from before a dropped tombstone are refused', async (store) => {
    await commit(store, batch('r', 0, { rows: [message('m', 1), message('n', 1)] }))
    const gone = (id: string, rev: number) => message(id, rev, { born: 1, fresh: false, body: null })
    await commit(store, batch('r', 1, { at: 2_000, rows: [gone('m', 2)] }))
    await commit(store, batch('r', 2, { at: 3_000, rows: [gone('n', 3)] }))
    await store.tidy(2_000)
    assert.notEqual(await store.changes('r', 1, 9, 99, 0), null)
    await store.tidy(3_000)
    assert.equal(await store.changes('r', 1, 9, 99, 0), null)
    assert.equal((await store.changes('r', 2, 9, 99, 0))?.del, '["message","n"]')
    assert.deepEqual(
      (await store.read('r', ['message/m', 'message/n'], [])).map((r) => r.key),
      ['message/n'],
    )
  })

  check('a list goes by id and leaves out what is gone', async (store) => {
    const rows = ['cal', 'ada', 'eve', 'bob'].map((id) => row('member', id, 1))
    await commit(store, batch('r', 0, { rows: [...rows, row('members', 'x', 1), row('mem', 'z', 1)] }))
    await commit(store, batch('r', 1, { rows: [row('member', 'bob', 2, { born: 1, body: null })] }))
    const first = await store.list('r', 'member', null, 2)
    assert.deepEqual([keysOf(first.records), first.more, first.rev], [['member/ada', 'member/cal'], true, 2])
    const rest = await store.list('r', 'member', 'cal', 2)
    assert.deepEqual([keysOf(rest.records), rest.more], [['member/eve'], false])
  })

  check('records asked for by key bring what hangs on them and their authors', async (store) => {
    const hanging = row('reaction', 'm.bob', 1, { on: 'm', author: 'bob' })
    const people = ['ada', 'bob', 'cal'].map((id) => row('member', id, 1))
    await commit(store, batch('r', 0, { rows: [message('m', 1), message('n', 1), hanging, ...people] }))
    const page = await store.get('r', ['message/m', 'message/none'], 0)
    assert.deepEqual(keysOf(page.records), ['message/m', 'reaction/m.bob', 'member/ada', 'member/bob'])
  })

  check('what hangs on one message of a page is at most 200', async (store) => {
    const many = Array.from({ length: 300 }, (_, i) => row('reaction', `m.${i}`, 1, { on: 'm' }))
    await commit(store, batch('r', 0, { rows: [message('m', 1), ...many] }))
    assert.equal(keysOf((await store.timeline('r', null, 5, 0)).records).length, 201)
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
    assert.equal(await store.load('r', []), null)
    assert.equal(await store.resolve('AAA'), null)
    assert.deepEqual(await store.roomsOf('ada'), [])
    assert.deepEqual(await store.vanishing(), [])
    assert.deepEqual(await store.expired(9, 9), [])
    assert.equal((await commit(store, batch('r', 0, { head }))).kind, 'done')
    assert.deepEqual(await store.read('r', ['message/m'], []), [])
  })

  peopleContract(check)
}

const isKeyed = (value: unknown): value is { type: string; id: string } =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value

/** The keys of records joined as on the wire. */
function keysOf(records: string | undefined): string[] {
  const parsed: unknown = JSON.parse(`[${records}]`)
  assert.ok(Array.isArray(parsed) && parsed.every(isKeyed))
  return parsed.map(({ type, id }) => `${type}/${id}`)
}
