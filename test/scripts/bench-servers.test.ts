/** The servers that Parlour is compared with do the one thing that is measured: what one says, all in the room get, once. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { withFolder } from '../../scripts/bench/contest.ts'
import { startBare } from '../../scripts/bench/servers.ts'

for (const kind of ['bare', 'once', 'net', 'kept'] as const) {
  describe(`the server “${kind}”`, () => {
    it(
      'gives everybody in a room what one of them says, in order, and nobody else',
      {
        timeout: 20_000,
      },
      () =>
        withFolder(async (folder) => {
          const server = await startBare(kind, kind === 'kept' ? folder : undefined)
          try {
            const url = `ws://127.0.0.1:${server.port}`
            const heard: string[][] = [[], [], []]
            const people = ['/parlour', '/parlour', '/kitchen'].map((path) => new WebSocket(url + path))
            await Promise.all(people.map((one) => once(one, 'open')))
            // Both sides of the lengths at which headers change; the last is the shortest frame there is.
            const said = ['a', 'ü'.repeat(62), 'b'.repeat(126), 'c'.repeat(65_535), '']
            const wanted = [said, said, ['']]
            const all = people.map((one, n) => {
              return new Promise<void>((resolve) => {
                one.on('message', (data) => {
                  if (heard[n]!.push(data.toString()) === wanted[n]!.length) resolve()
                })
              })
            })
            for (const text of said) people[0]!.send(text)
            await Promise.all([all[0], all[1]])
            people[2]!.send('')
            await all[2]
            assert.deepEqual(heard, wanted)
            for (const one of people) one.terminate()
            assert.equal(existsSync(join(folder, 'journal')), kind === 'kept')
          } finally {
            await server.stop()
          }
        }),
    )
  })
}
