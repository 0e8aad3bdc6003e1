/** The part of the store's contract about what ends on a wire: windows, timelines, changes, lists. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Row, Store } from '../../src/engine/ports.ts'
import { batch, commit, message, row } from '../support/store.ts'

type Check = (what: string, run: (store: Store, t: TestContext) => Promise<void>) => Promise<void>

export function pagesContract(check: Check): void {
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
      records: new Uint8Array(),
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
    const none = new Uint8Array()
    assert.deepEqual([last?.rev, last?.more, last?.records, last?.del], [6, false, none, '["pin","a1"]'])
    assert.deepEqual(await store.changes('r', 6, 9, 99, 0), { records: none, del: '', rev: 6, more: false })
  })

  check('[R22] a page of changes is full after some 48 KiB, however long the messages are', async (store) => {
    const text = (id: string) => JSON.stringify({ type: 'message', id, body: 'x'.repeat(16_000) })
    for (let rev = 1; rev <= 10; rev++)
      await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev, { body: text(`m${rev}`) })] }))
    const revs: number[] = []
    for (let since = 0, more = true; more; since = revs.at(-1) ?? 0) {
      const page = await store.changes('r', since, 500, 99, 0)
      assert.ok(page && page.records.length <= 64 * 1024 + 100)
      revs.push(page.rev)
      more = page.more
    }
    assert.deepEqual(revs, [4, 8, 10])
  })

  check(
    '[R22] windows and changes are put into the space given, and elsewhere if too long',
    async (store) => {
      const rows = [message('m', 1, { text: 'é'.repeat(100) })]
      await commit(store, batch('r', 0, { rows }))
      const space = (bytes: number) => new Uint8Array(new SharedArrayBuffer(bytes + 30), 10, bytes)
      const whole = Buffer.byteLength(rows[0]?.body ?? '')
      for (const given of [space(whole), space(whole + 10), space(whole - 1)]) {
        const read = [
          () => store.changes('r', 0, 9, 99, 0, given),
          () => store.window('r', [], 'ada', 9, 0, given),
        ]
        for (const page of read) {
          const records = (await page())?.records
          assert.deepEqual(keysOf(records), ['message/m'])
          const isThere = given.length >= whole
          assert.equal(Buffer.from(given).includes('é'.repeat(100)), isThere)
          assert.equal(records?.buffer instanceof SharedArrayBuffer, isThere)
          given.fill(0)
        }
        assert.deepEqual(new Uint8Array(given.buffer), new Uint8Array(given.buffer.byteLength))
      }
    },
  )

  check(
    '[R22] a page of the timeline is full after some 128 KiB, and says that there is more',
    async (store) => {
      const text = (id: string) => JSON.stringify({ type: 'message', id, body: 'x'.repeat(16_000) })
      for (let rev = 1; rev <= 20; rev++)
        await commit(
          store,
          batch('r', rev - 1, { rows: [message(`m${rev}`, rev, { body: text(`m${rev}`) })] }),
        )
      const newest = await store.timeline('r', null, 200, 0)
      assert.deepEqual([keysOf(newest.records).length, newest.more], [8, true])
      const view = await store.window('r', [], 'ada', 50, 0)
      assert.deepEqual([view.floor, view.more], [13, true])
      const oldest = await store.timeline('r', 9, 200, 0)
      assert.deepEqual([keysOf(oldest.records).at(-1), oldest.more], ['message/m1', false])
    },
  )

  const long = (id: string) => JSON.stringify({ type: 'message', id, body: 'é'.repeat(8_000) })

  check('[R22] what is asked for by key comes in pages of 128 KiB, until all has come', async (store) => {
    const ids = Array.from({ length: 20 }, (_, i) => `m${i}`)
    const rows = ids.map((id) => message(id, 1, { body: long(id), timeline: false }))
    await commit(store, batch('r', 0, { rows }))
    const came: string[] = []
    for (let keys = ids.map((id) => `message/${id}`), more = true; more; ) {
      const page = await store.get('r', ['message/none', ...keys], 0)
      assert.ok(Buffer.byteLength(page.records) <= 128 * 1024 + 100)
      came.push(...keysOf(page.records))
      keys = keys.filter((key) => !came.includes(key))
      more = page.more
    }
    assert.deepEqual(
      came,
      ids.map((id) => `message/${id}`),
    )
  })

  check(
    '[R22] the pinned messages of a window have no bytes of their own, the pins always come',
    async (store) => {
      const ids = Array.from({ length: 50 }, (_, i) => `m${i}`)
      for (const [rev, id] of ids.entries())
        await commit(
          store,
          batch('r', rev, {
            rows: [message(id, rev + 1, { body: long(id) }), row('pin', id, rev + 1, { on: id })],
          }),
        )
      const view = await store.window('r', ['pin'], 'ada', 3, 0)
      assert.ok(view.records.length <= 128 * 1024 + 100)
      const keys = keysOf(view.records)
      assert.equal(keys.filter((key) => key.startsWith('pin/')).length, 50)
      assert.deepEqual(keys.slice(0, 3), ['message/m49', 'message/m48', 'message/m47'])
      assert.deepEqual([view.more, view.floor], [true, 48])
    },
  )

  check('[R22] a message comes with all that hangs on it, or not at all', async (store) => {
    const text = 'x'.repeat(400)
    for (let rev = 1; rev <= 10; rev++) {
      const on = `m${rev}`
      const hanging = Array.from({ length: 100 }, (_, i) => row('reaction', `${on}.${i}`, rev, { on, text }))
      await commit(store, batch('r', rev - 1, { rows: [message(on, rev), ...hanging] }))
    }
    const page = await store.timeline('r', null, 50, 0)
    assert.ok(page.more && Buffer.byteLength(page.records) <= 128 * 1024 + 1_000)
    const keys = keysOf(page.records)
    assert.equal(keys.length, 101 * keys.filter((key) => key.startsWith('message/')).length)
    assert.ok((await store.get('r', ['message/m1', 'message/m2', 'message/m3', 'message/m4'], 0)).more)
  })

  check('[R22] the authors of a page have 32 KiB', async (store) => {
    const people = Array.from({ length: 200 }, (_, i) => row('member', `p${i}`, 1, { text: 'x'.repeat(300) }))
    const hanging = people.map((_, i) => row('reaction', `m.${i}`, 1, { on: 'm', author: `p${i}` }))
    await commit(store, batch('r', 0, { rows: [message('m', 1), ...people, ...hanging] }))
    const keys = keysOf((await store.timeline('r', null, 5, 0)).records)
    const members = keys.filter((key) => key.startsWith('member/')).length
    assert.ok(members > 80 && members < 100, `${members}`)
  })

  check('changes are refused when too many, or from where the room never was', async (store) => {
    for (let rev = 1; rev <= 3; rev++)
      await commit(store, batch('r', rev - 1, { rows: [message(`m${rev}`, rev)] }))
    assert.equal(await store.changes('r', 4, 9, 99, 0), null)
    assert.equal(await store.changes('none', 0, 9, 99, 0), null)
    assert.equal(await store.changes('r', 0, 9, 2, 0), null)
    assert.notEqual(await store.changes('r', 0, 9, 3, 0), null)
    assert.notEqual(await store.changes('r', 1, 9, 2, 0), null)
  })

  check('many changes of few records are not too many', async (store) => {
    for (let rev = 1; rev <= 9; rev++) {
      const one = message('m', rev, { born: 1, fresh: rev === 1 })
      await commit(store, batch('r', rev - 1, { rows: [one] }))
    }
    assert.deepEqual(keysOf((await store.changes('r', 1, 9, 2, 0))?.records), ['message/m'])
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

  check('what hangs on one message of a page is at most 200 reactions and a pin', async (store) => {
    const many = Array.from({ length: 300 }, (_, i) => row('reaction', `m.${i}`, 1, { on: 'm' }))
    await commit(store, batch('r', 0, { rows: [message('m', 1), ...many] }))
    assert.equal(keysOf((await store.timeline('r', null, 5, 0)).records).length, 202)
  })
}

const isKeyed = (value: unknown): value is { type: string; id: string } =>
  typeof value === 'object' && value !== null && 'type' in value && 'id' in value

/** The keys of records joined as on the wire. */
function keysOf(records: string | Uint8Array = ''): string[] {
  const parsed: unknown = JSON.parse(`[${typeof records === 'string' ? records : Buffer.from(records)}]`)
  assert.ok(Array.isArray(parsed) && parsed.every(isKeyed))
  return parsed.map(({ type, id }) => `${type}/${id}`)
}
