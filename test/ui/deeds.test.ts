import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deedsIn } from '../../client/ui/deeds.ts'
import { createPage } from '../../client/ui/page.ts'
import { LOBBY } from '../../src/state/records.ts'
import { peer } from '../client/peer.ts'

test('[T7] what the outbox has no room for is said at its message, and said no more after a while', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const { chat } = peer()
  context.after(() => chat.close())
  const page = createPage(chat)
  const open = page.show(LOBBY)
  const deeds = deedsIn(page, open)
  const { id } = open.send('message 1')
  for (let message = 2; message <= 1_000; message++) open.send(`message ${message}`)
  for (const deed of [() => deeds.react(id, '👍', true), () => deeds.pin(id, true), () => deeds.remove(id)]) {
    deed()
    assert.deepEqual([...page.troubles.value], [[id, '1000 messages are waiting already.']])
    context.mock.timers.tick(8_000)
    assert.equal(page.troubles.value.size, 0)
  }
  assert.equal(chat.pending.length, 1_000)
})
