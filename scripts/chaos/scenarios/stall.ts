/** Handshakes and messages that never finish, in all ways: each is cut within its limit, and nobody else notices. */

import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { FrameOptions } from '../../../test/support/raw.ts'
import { clientFrame, handshake, rawSocket, rawWebSocket } from '../../../test/support/raw.ts'
import { startCanary } from '../canary.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { within } from '../stage.ts'
import { logIn } from '../wire.ts'

interface Variant {
  what: string
  /** s within which it must be cut. */
  limit: number
  /** Begins, and perhaps goes on once a second. */
  begin(
    port: number,
    token: string,
  ): Promise<{ socket: Socket; ended: Promise<string>; drip?: string | Buffer }>
}

/** ms granted on top for two cores that others use too. */
const SLACK = 2000
/** ms over which they all arrive. */
const ARRIVING = 5000

const frame = (payload: string, options?: FrameOptions) => clientFrame(payload, options)

function onWebSocket(what: string, first: Buffer, drip?: Buffer): Variant {
  return {
    what,
    limit: 45,
    async begin(port, token) {
      const raw = await rawWebSocket(port, token)
      raw.socket.write(first)
      return drip === undefined ? raw : { ...raw, drip }
    },
  }
}

function onHttp(what: string, limit: number, first: (port: number) => string, drip?: string): Variant {
  return {
    what,
    limit,
    async begin(port) {
      const raw = await rawSocket(port)
      raw.socket.write(first(port))
      return drip === undefined ? raw : { ...raw, drip }
    },
  }
}

const POST =
  'POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{'

const variants: Variant[] = [
  onHttp('no byte', 10, () => ''),
  onHttp('half a request line', 10, () => 'GET /heal'),
  onHttp('headers without end', 10, () => 'GET / HTTP/1.1\r\nHost: x\r\n'),
  onHttp('headers, a byte a second', 10, () => 'GET / HTTP/1.1\r\nX: ', 'x'),
  onHttp('half an upgrade', 10, (port) => handshake(port).slice(0, -4)),
  onHttp('an upgrade by a stranger', 10, (port) => handshake(port)),
  onHttp('half a body', 45, () => POST),
  onHttp('a body, a byte a second', 45, () => POST, ' '),
  onWebSocket('half a frame header', Buffer.from([0x81])),
  onWebSocket('half a frame', frame('{"t":"beat"}').subarray(0, 10)),
  onWebSocket('a frame, a byte a second', frame('x'.repeat(1000)).subarray(0, 12), Buffer.from('x')),
  onWebSocket('an unfinished message', frame('{"t":', { fin: false })),
  onWebSocket('an unfinished message, a ping a second', frame('{', { fin: false }), frame('', { opcode: 9 })),
  // It reads, but gives no sign of life: no pong, no FIN, as behind a cable that was pulled.
  onWebSocket('a peer that is gone without a word', Buffer.alloc(0)),
]

export const stall: Scenario = {
  about: 'handshakes, bodies and messages that never finish (rounds: sockets of each kind)',
  promises: 'R24',
  size: { rounds: 200, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    // Each as a person of their own would be, but for the cap on one person's connections.
    const people = Math.ceil((stage.size.rounds * 6) / 40)
    const tokens: string[] = []
    for (let n = 0; n < people; n += 1) tokens.push((await logIn(port, `eve${n}`)).token)
    const handles = server.handles
    const all = variants.map(async ({ what, limit, begin }) => {
      const worst = { ms: 0 }
      let late = 0
      const one = async (_: unknown, n: number) => {
        const token = tokens[n % tokens.length] ?? ''
        // Not all in one moment: it is their staying that is under test.
        await sleep((n / stage.size.rounds) * ARRIVING)
        const { socket, ended, drip } = await begin(port, token)
        const began = performance.now()
        const timer = setInterval(() => drip !== undefined && !socket.destroyed && socket.write(drip), 1000)
        const isLate = (await within(limit * 1000 + SLACK, ended)) === 'late'
        clearInterval(timer)
        socket.destroy()
        worst.ms = Math.max(worst.ms, performance.now() - began)
        if (isLate) late += 1
      }
      await Promise.all(Array.from({ length: stage.size.rounds }, one))
      const seconds = (worst.ms / 1000).toFixed(1)
      stage.say(`${what}: the last was cut after ${seconds} s of ${limit} s`)
      stage.figure(`${what}, s (limit ${limit})`, late > 0 ? `${late} never` : seconds)
      stage.expect(
        late === 0,
        'R24',
        `${what}: ${late} of ${stage.size.rounds} were not cut within ${limit} s`,
      )
    })
    await sleep(ARRIVING + 1000)
    const canary = await startCanary(stage, port, 200)
    await Promise.all(all)
    stage.expect(canary.p99 < 250, 'R24', `the canary waited ${canary.p99.toFixed(0)} ms`)
    stage.expect(canary.lost === 0, 'R24', 'the canary lost its connection')
    stage.figure('canary p99, ms', canary.p99.toFixed(1))
    const left = (server.handles ?? 0) - (handles ?? 0)
    stage.expect(left <= 0, 'R24', `${left} files are still open`)
  },
}
