/** The thread in which a flooder’s tabs run: each floods, and comes back when it is cut off. It measures nothing. */

import { setTimeout as sleep } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { clientFrame, closeCode, rawWebSocket } from '../../test/support/raw.ts'
import type { Counts, Flooding } from './flooder.ts'

/** Frames in one write. */
const AT_ONCE = 100
/** ms before the next try to get in. */
const AGAIN = 100

/** What a tab floods with, in a room that it is in. Each kind costs the server something else. */
const kinds: ((room: string, n: number) => string)[] = [
  (room, n) =>
    JSON.stringify({ t: 'message.send', ref: n, room, id: `flood-${n}-xxxx`, body: 'flood '.repeat(20) }),
  (room, n) => JSON.stringify({ t: 'message.history', ref: n, room, limit: 200 }),
  (room) => JSON.stringify({ t: 'typing', room }),
  (room, n) => JSON.stringify({ t: 'room.open', ref: n, room }),
  (_room, n) => `{"t":"message.send","ref":${n},"room":[[[[[[{}]]]]]],"body":"${'x'.repeat(200)}`,
  (_room, n) => JSON.stringify({ t: 'room.join', ref: n, code: '0000000000' }),
]

const { port, from, tokens, tabs, room, code } = workerData as Flooding
const counts: Counts = { tries: 0, refused: 0, cut: 0 }

for (const [person, token] of tokens.entries()) for (let n = 0; n < tabs; n += 1) void tab(token, person + n)
parentPort?.once('message', () => {
  parentPort?.postMessage(counts)
  process.exit()
})

async function tab(token: string, n: number): Promise<void> {
  const make = kinds[n % kinds.length]!
  const bytes = Buffer.concat(
    Array.from({ length: AT_ONCE }, (_, k) => clientFrame(make(room, n * AT_ONCE + k))),
  )
  for (;;) {
    counts.tries += 1
    const raw = await rawWebSocket(port, token, from).catch(() => null)
    if (raw === null) {
      counts.refused += 1
      await sleep(AGAIN)
      continue
    }
    raw.socket.write(clientFrame(JSON.stringify({ t: 'room.join', ref: 1, code })))
    // As fast as it is taken, but in turns, so that all tabs have theirs.
    const pour = () => {
      if (raw.socket.writable && raw.socket.write(bytes)) setImmediate(pour)
    }
    raw.socket.on('drain', pour)
    pour()
    const text = await raw.ended
    if (closeCode(text) === null) counts.refused += 1
    else counts.cut += 1
    await sleep(AGAIN)
  }
}
