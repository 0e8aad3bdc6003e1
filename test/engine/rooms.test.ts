import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LOBBY } from '../../src/state/records.ts'
import type { TestParlour } from '../support/parlour.ts'
import { mint, parlour } from '../support/parlour.ts'

const inMemory = ({ engine }: TestParlour): number | undefined =>
  engine.figures().find(({ name }) => name === 'parlour_rooms')?.samples[0]?.value

test('people who have come in and only listen keep no desk in memory', async (t) => {
  const house = await parlour(t)
  const ada = await house.seat('ada')
  assert.equal(inMemory(house), 1, 'the lobby')
  const { rev } = await ada.ok('message.send', { room: LOBBY, id: mint(), body: 'hello' })
  await ada.ok('read.mark', { room: LOBBY, rev })
  assert.equal(inMemory(house), 2, 'it is loaded when it is needed')
  const again = await house.again(ada.id)
  assert.equal(again.hello.user.name, 'ada')
  assert.equal(again.hello.rooms[0]?.unread, 0)
  assert.equal(inMemory(house), 1)
})
