/** The load test and the generator of the bench against real servers, in small. */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as v from 'valibot'
import { withFolder } from '../../scripts/bench/contest.ts'
import type { Job } from '../../scripts/bench/job.ts'
import { outcome } from '../../scripts/bench/job.ts'
import type { Server } from '../../scripts/bench/servers.ts'
import { runScript, startBare, startOurs } from '../../scripts/bench/servers.ts'

const script = fileURLToPath(new URL('../../scripts/load.ts', import.meta.url))
const folder = Promise.withResolvers<void>()
let server: Server
let closed: Promise<void>

/** Runs `npm run load` with some flags. */
function load(...flags: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [script, ...flags], { timeout: 60_000 }, (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err })
    })
  })
}

before(async () => {
  const started = Promise.withResolvers<Server>()
  closed = withFolder(async (data) => {
    started.resolve(await startOurs(data))
    await folder.promise
  })
  closed.catch(started.reject)
  server = await started.promise
})

after(async () => {
  await server.stop()
  folder.resolve()
  await closed
})

describe('the load test', () => {
  it('[O9] sends, checks every message on every client, and reports', async () => {
    await withFolder(async (out) => {
      const files = ['--json', join(out, 'l.json'), '--svg', join(out, 'l.svg')]
      const flags = ['--clients', '20', '--rooms', '2', '--rate', '100', '--seconds', '1.5', '--ramp', '0']
      const {
        code,
        out: text,
        err,
      } = await load('--url', `http://127.0.0.1:${server.port}`, ...flags, ...files)
      assert.equal(code, 0, text + err)
      assert.match(text, /lost +0\n +doubled +0\n +out of order +0\n +errors +0/)
      const read = v.object({
        isWell: v.literal(true),
        members: v.literal(20),
        acked: v.number(),
        delivered: v.number(),
      })
      const { acked, delivered } = v.parse(read, JSON.parse(readFileSync(join(out, 'l.json'), 'utf8')))
      assert.ok(acked > 50)
      assert.equal(delivered, acked * 10)
      assert.match(readFileSync(join(out, 'l.svg'), 'utf8'), /^<svg .*<polyline class="p99" points="\d/s)
    })
  })

  it('[O9] keeps as many messages on their way as wanted', async () => {
    const flags = ['--clients', '6', '--in-flight', '12', '--seconds', '1', '--ramp', '0']
    const { code, out } = await load('--url', `http://127.0.0.1:${server.port}`, ...flags)
    assert.equal(code, 0, out)
  })

  it('says in one line that nothing answers', async () => {
    const { code, err } = await load('--url', 'http://127.0.0.1:9')
    assert.equal(code, 1)
    assert.match(err, /^load: nothing answers at http:\/\/127\.0\.0\.1:9: [^\n]+\n$/)
  })

  it('says in one line what is wrong with its flags', async () => {
    const { code, err } = await load('--clients', 'many')
    assert.equal(code, 2)
    assert.match(err, /^load: --clients wants [^\n]+\n$/)
  })
})

describe('the generator of the bench', () => {
  const generate = async ({ kind, port, pid }: Server, what: Job['do']) => {
    const crowd = { kind, port, pid, rooms: 3, people: 4, warmUp: 100, measure: 300 }
    const job: Job = { ...crowd, do: what, inFlight: 2, each: 1, rate: 200 }
    return v.parse(outcome, JSON.parse(await runScript('generator.ts', JSON.stringify(job), 30_000)))
  }

  for (const kind of ['ours', 'bare', 'once', 'net'] as const) {
    it(`finds that everybody gets everything, from ${kind}`, async () => {
      const tried = kind === 'ours' ? server : await startBare(kind)
      try {
        for (const what of ['flood', 'pace', 'single', 'turns', 'idle'] as const) {
          const { messages, deliveries, faults } = await generate(tried, what)
          assert.deepEqual([...new Set(Object.values(faults))], [0], `${what}: ${JSON.stringify(faults)}`)
          assert.equal(messages > 0, what !== 'idle')
          assert.equal(deliveries, messages * 4)
        }
      } finally {
        if (tried !== server) await tried.stop()
      }
    })
  }
})
