/** What the engine writes passes the check-up, whatever people do: a rule that real data breaks would refuse real data. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOBBY } from '../../src/state/records.ts'
import { checkUp } from '../../src/store/checkup.ts'
import { mint, parlour, settle } from '../support/parlour.ts'
import { random } from '../support/random.ts'
import { fileStore } from '../support/store.ts'

test('[R10] a folder is whole after a thousand things that people do', async (t) => {
  const { store, file } = await fileStore(t)
  const { seat, clock } = await parlour(t, { store })
  const seats = [await seat('ada'), await seat('bob'), await seat('cal')]
  const dice = random(7)
  const room = mint()
  await seats[0]!.ok('room.create', { room, name: 'Books' })
  const sent: string[] = []
  let done = 0
  for (let n = 0; n < 1000; n++) {
    const who = dice.pick(seats)
    const where = dice.chance(0.5) ? room : LOBBY
    const id = sent.length > 0 && dice.chance(0.7) ? dice.pick(sent) : mint()
    const frames: [string, object][] = [
      [
        'message.send',
        { room: where, id: mint(), body: `number ${n}`, ...(dice.chance(0.3) ? { ttl: 1000 } : {}) },
      ],
      ['message.edit', { room: where, id, body: `edited ${n}` }],
      ['message.delete', { room: where, id }],
      ['reaction.add', { room: where, message: id, emoji: '👍' }],
      ['reaction.remove', { room: where, message: id, emoji: '👍' }],
      ['pin.add', { room: where, message: id }],
      ['pin.remove', { room: where, message: id }],
      ['member.rename', { name: `somebody ${n}` }],
      ['room.leave', { room }],
      ['read', { room: where, rev: n }],
    ]
    const [frame, fields] = dice.pick(frames)
    if (frame === 'message.send' && 'id' in fields) sent.push(String(fields.id))
    if ((await who.ask(frame, fields)).t === 'ok') done++
    if (n % 50 === 0) clock.advance(1000)
    if (n % 300 === 0) await store.tidy(clock.now())
  }
  await settle(store)
  assert.ok(done > 200, `only ${done} of them were allowed`)
  assert.deepEqual(
    checkUp(file).filter(({ problem }) => problem !== null),
    [],
  )
})
