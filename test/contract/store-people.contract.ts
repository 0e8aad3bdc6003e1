/** The part of the store's contract about people: rooms they are in, unread counts, sessions, jobs, the end. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Session, Store } from '../../src/engine/ports.ts'
import { batch, commit, message, row } from '../support/store.ts'

type Check = (what: string, run: (store: Store, t: TestContext) => Promise<void>) => Promise<void>

export function peopleContract(check: Check): void {
  check('a summary shows a room with its newest message and who wrote it', async (store) => {
    const people = ['ada', 'bob'].map((id) => row('member', id, 1))
    const members: [string, boolean][] = [
      ['ada', true],
      ['bob', true],
    ]
    await commit(store, batch('r', 0, { rows: [row('room', 'r', 1), ...people], members }))
    await commit(store, batch('r', 1, { rows: [message('m', 2, { author: 'bob' })] }))
    await commit(store, batch('r', 2, { rows: [row('notice', 'n', 3, { timeline: true })] }))
    await commit(store, batch('empty', 0, { members: [['ada', true]] }))
    const text = (type: string, id: string, born: number) => JSON.stringify({ type, id, text: '', born })
    assert.deepEqual(await store.summary('r', 0), {
      rev: 3,
      kind: 'room',
      record: text('room', 'r', 1),
      last: text('message', 'm', 2),
      lastMember: text('member', 'bob', 1),
    })
    assert.deepEqual(await store.summary('empty', 0), {
      rev: 1,
      kind: 'room',
      record: null,
      last: null,
      lastMember: null,
    })
    assert.equal(await store.summary('none', 0), null)
    assert.deepEqual(await store.roomsOf('ada'), ['r', 'empty'])
    await commit(store, batch('r', 3, { members: [['ada', false]] }))
    assert.deepEqual(await store.roomsOf('ada'), ['empty'])
    assert.deepEqual(await store.roomsOf('bob'), ['r'])
  })

  check('unread are those of others that count, born after, up to the cap', async (store) => {
    const author = (rev: number) => (rev % 2 === 0 ? 'ada' : 'bob')
    for (let rev = 1; rev <= 20; rev++) {
      await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev, { author: author(rev) })] }))
    }
    await commit(store, batch('r', 20, { rows: [row('notice', 'n', 21, { timeline: true, author: 'bob' })] }))
    await commit(
      store,
      batch('r', 21, { rows: [message('m1', 22, { born: 1, author: 'bob', fresh: false })] }),
    )
    await commit(
      store,
      batch('r', 22, { rows: [message('m19', 23, { born: 19, fresh: false, body: null })] }),
    )
    assert.equal((await store.unread('r', 'ada', 0, 100, 0)).count, 9)
    assert.equal((await store.unread('r', 'ada', 15, 100, 0)).count, 1)
    assert.equal((await store.unread('r', 'cal', 10, 100, 0)).count, 9)
    assert.equal((await store.unread('r', 'cal', 0, 5, 0)).count, 5)
    assert.equal((await store.unread('none', 'cal', 0, 5, 0)).count, 0)
    assert.equal(
      (await store.unread('r', 'dot', null, 100, 0)).count,
      19,
      'who never came in has all before them',
    )
    await commit(store, batch('r', 23, { rows: [row('member', 'dot', 24)] }))
    await commit(store, batch('r', 24, { rows: [message('m25', 25, { author: 'bob' })] }))
    assert.deepEqual(await store.unread('r', 'dot', null, 100, 0), { count: 1, rev: 25 })
  })

  check('what has expired is no longer unread, and no longer the last word', async (store) => {
    await commit(
      store,
      batch('r', 0, { members: [['ada', true]], rows: [message('m1', 1, { author: 'bob' })] }),
    )
    await commit(store, batch('r', 1, { rows: [message('m2', 2, { author: 'bob', expires: 50 })] }))
    const last = async (now: number) => JSON.parse((await store.summary('r', now))?.last ?? '{}').id
    assert.deepEqual([await last(49), await last(50)], ['m2', 'm1'])
    assert.equal((await store.unread('r', 'ada', 0, 9, 49)).count, 2)
    assert.equal((await store.unread('r', 'ada', 0, 9, 50)).count, 1)
  })

  check('jobs wait in order until they are finished, and none of a stale batch does', async (store) => {
    const first = await commit(store, batch('r', 0, { jobs: ['1', '2'] }))
    await commit(store, batch('r', 0, { jobs: ['never'] }))
    await commit(store, batch('r', 1, { jobs: ['3'] }))
    const waiting = await store.jobs(10)
    assert.deepEqual(
      waiting.map(({ job }) => job),
      ['1', '2', '3'],
    )
    assert.deepEqual(first, { kind: 'done', jobs: waiting.slice(0, 2) })
    assert.deepEqual(await store.jobs(1), waiting.slice(0, 1))
    await store.finish(waiting.slice(0, 2).map(({ n }) => n))
    await store.finish([])
    assert.deepEqual(await store.jobs(10), waiting.slice(2))
  })

  check('a session is found by its hash until it ends', async (store) => {
    await store.addUser({ id: 'ada', created: 1 }, session('ada', 'h1', 5))
    await store.addSession(session('ada', 'h2', 6))
    assert.deepEqual(await store.session('h1'), session('ada', 'h1', 5))
    await store.touch('h1', 9)
    assert.equal((await store.session('h1'))?.seen, 9)
    await store.endSession('h1')
    assert.equal(await store.session('h1'), null)
    assert.equal((await store.session('h2'))?.user, 'ada')
    await assert.rejects(store.addUser({ id: 'ada', created: 1 }, session('ada', 'h3', 5)))
    assert.equal(await store.session('h3'), null)
  })

  check('all sessions of a person end together, and no others', async (store) => {
    await store.addUser({ id: 'ada', created: 1 }, session('ada', 'h1', 5))
    await store.addUser({ id: 'bob', created: 1 }, session('bob', 'h2', 5))
    await store.addSession(session('ada', 'h3', 6))
    await store.endSessionsOf('ada')
    assert.deepEqual([await store.session('h1'), await store.session('h3')], [null, null])
    assert.equal((await store.session('h2'))?.user, 'bob')
    await store.endSessionsOf('nobody')
  })

  check('who never wrote and stayed away may be forgotten, with sessions and desk', async (store) => {
    for (const id of ['ada', 'bob', 'cal']) await store.addUser({ id, created: 1 }, session(id, id, 5))
    await store.addUser({ id: 'eve', created: 50 }, session('eve', 'eve', 50))
    await store.touch('bob', 100)
    await commit(store, batch('r', 0, { wrote: ['ada'] }))
    await commit(store, batch('desk:cal', 0, { rows: [row('profile', 'cal', 1)] }))
    assert.deepEqual(await store.forgettable(50, 9), ['cal'])
    assert.deepEqual(await store.forgettable(51, 9), ['cal', 'eve'])
    assert.deepEqual(await store.forgettable(51, 1), ['cal'])
    await store.forget('cal')
    assert.equal(await store.session('cal'), null)
    assert.deepEqual((await store.load('desk:cal', ['profile']))?.rows, [])
    assert.deepEqual(await store.forgettable(51, 9), ['eve'])
  })

  check('close finishes what was handed over; afterwards everything fails', async (store) => {
    const handed = Promise.all([commit(store, batch('r', 0)), commit(store, batch('r', 1))])
    await store.close()
    assert.deepEqual(
      (await handed).map(({ kind }) => kind),
      ['done', 'done'],
    )
    assert.equal((await commit(store, batch('r', 2))).kind, 'failed')
    await assert.rejects(store.load('r', []))
    await assert.rejects(store.finish([1]))
    await store.close()
  })
}

const session = (user: string, hash: string, seen: number): Session => ({ hash, user, created: 1, seen })
