/**
 * [R34] A disk that fails while the server runs: it ends at once, with an exit code, and tells nobody “not saved” of
 * what may be saved. It needs Linux and a C compiler to break a disk; elsewhere it is skipped, and says so.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { LOBBY } from '../../src/state/records.ts'
import { mint } from '../support/parlour.ts'
import { spawnServer } from '../support/server.ts'
import { join as joinAs } from '../support/socket.ts'
import { tempFolder } from '../support/store.ts'

/** `null`: it cannot be had here. */
function brokenDisk(t: TestContext, folder: string): NodeJS.ProcessEnv | null {
  const library = join(folder, 'broken-disk.so')
  const source = join(import.meta.dirname, 'broken-disk.c')
  try {
    if (process.platform !== 'linux') throw new Error('not Linux')
    execFileSync('cc', ['-shared', '-fPIC', '-o', library, source, '-ldl'], { stdio: 'pipe' })
  } catch (error) {
    t.diagnostic(`SKIPPED: no disk could be broken here: ${String(error)}`)
    t.skip('needs Linux and a C compiler')
    return null
  }
  return { LD_PRELOAD: library, BREAK: join(folder, 'break') }
}

for (const how of ['sync', 'write'] as const) {
  test(`[R34] when a ${how} fails the server ends, unanswered, and the next one serves`, async (t) => {
    const folder = await tempFolder(t)
    const env = brokenDisk(t, folder)
    if (env === null) return
    const data = join(folder, 'data')
    const server = await spawnServer({ data, env, test: t })
    const { socket: ada } = await joinAs(server)
    await ada.ask({ t: 'message.send', room: LOBBY, id: mint(), body: 'before' })
    writeFileSync(`${env.BREAK}.${how}`, '')
    const gone = once(server.process, 'exit')
    const since = performance.now()
    ada.send({ t: 'message.send', ref: 77, room: LOBBY, id: mint(), body: 'nobody knows' })
    const [code] = await gone
    t.diagnostic(`ended after ${Math.round(performance.now() - since)} ms`)
    assert.equal(code, 1)
    assert.ok(server.lines.some(({ event, level }) => event === 'store.failed' && level === 'error'))
    assert.deepEqual(
      ada.frames.filter((frame) => 'ref' in frame && frame.ref === 77),
      [],
    )
    rmSync(`${env.BREAK}.${how}`)
    const again = performance.now()
    const next = await spawnServer({ data, env, test: t })
    const { socket: bob } = await joinAs(next)
    await bob.ask({ t: 'message.send', room: LOBBY, id: mint(), body: 'after' })
    t.diagnostic(`serves again after ${Math.round(performance.now() - again)} ms`)
    await next.kill('SIGTERM')
  })
}
