/** The checker proves itself on a real server behind a proxy that breaks one frame: it reports that, and nothing else. */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../../scripts/chaos/checker.ts'
import type { FaultKind } from '../../scripts/chaos/fault.ts'
import { History } from '../../scripts/chaos/history.ts'
import type { Meddling } from '../../scripts/chaos/meddler.ts'
import { meddler } from '../../scripts/chaos/meddler.ts'
import { Member } from '../../scripts/chaos/member.ts'
import { openProxy } from '../../scripts/chaos/proxy.ts'
import { logIn } from '../../scripts/chaos/wire.ts'
import { random } from '../support/random.ts'
import { startServer } from '../support/server.ts'

const ROOM = 'the-room'
const MESSAGES = 10

const cases: [meddling: Meddling | null, found: [FaultKind, number][]][] = [
  [null, []],
  ['drop', [['hole', 1]]],
  ['double', [['doubled', 1]]],
  ['swap', [['disordered', 1]]],
]

for (const [meddling, found] of cases) {
  test(`[R4] the checker sees a proxy that does ${meddling ?? 'nothing'} to one frame`, async (t) => {
    const server = await startServer({ test: t, flags: ['--rate-limit', 'off'] })
    const proxy = await openProxy(() => server.port)
    t.after(() => proxy.close())
    if (meddling) proxy.meddle = () => meddler(meddling, 5)
    const history = new History()
    const person = async (ear: string, port: number) => {
      const ticket = await logIn(server.port, ear)
      const member = new Member({ ...ticket, ear, history, random: random(1), port: () => port, pipeline: 1 })
      t.after(() => member.close())
      await member.start()
      history.enter(ticket.person, ROOM)
      return member
    }
    const ada = await person('ada', server.port)
    const bob = await person('bob', proxy.port)
    await ada.ask({ t: 'room.create', room: ROOM, name: 'Room' })
    await ada.open(ROOM)
    await bob.ask({ t: 'room.join', code: ada.codes.get(ROOM) })
    await bob.open(ROOM)
    for (let n = 0; n < MESSAGES; n += 1) ada.send(ROOM, 'hello')
    await ada.idle()
    // Its answer comes after all that was told before.
    await bob.ask({ t: 'beat' })
    assert.ok(await ada.look(ROOM))
    assert.deepEqual([...check(history).counts], found)
  })
}
