import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clock } from '../src/clock.ts'
import { startServer, tempFolder } from './support/server.ts'

test('when the engine cannot start nothing is left running, and the next start succeeds', async (t) => {
  const data = tempFolder(t)
  const flags = ['--data', data, '--sweep', '777ms']
  const broken = {
    ...clock,
    after(ms: number, call: () => void) {
      if (ms === 777) throw new Error('no more timers')
      return clock.after(ms, call)
    },
  }
  await assert.rejects(startServer({ clock: broken, flags }), /no more timers/)
  // The folder is locked as long as a store has it open.
  const server = await startServer({ test: t, flags })
  assert.equal((await fetch(`${server.url}/readyz`)).status, 200)
})
