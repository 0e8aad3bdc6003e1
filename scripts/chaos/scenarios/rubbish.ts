/** Seeded rubbish of all kinds: each input gets the answer that is due, nobody else notices, and nothing is left of it. */

import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'
import { closeCode, rawWebSocket } from '../../../test/support/raw.ts'
import { costOf } from '../../load/process.ts'
import { startCanary } from '../canary.ts'
import { brokenBytes, floods } from '../rubbish-bytes.ts'
import type { Rubbish } from '../rubbish-maker.ts'
import { RubbishMaker } from '../rubbish-maker.ts'
import type { Server } from '../server.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until, within } from '../stage.ts'
import { logIn, readFrame } from '../wire.ts'

/** Connections that talk rubbish at once, and inputs that each has on their way. */
const TALKERS = 4
const WINDOW = 24
/** One in so many inputs is not even a frame of WebSocket. */
const RAW_SHARE = 100
/** Share of the inputs before memory is looked at. */
const WARMING = 0.4
/** Bytes of growth allowed, for rubbish and for a flood. */
const GROWTH = 20 * 2 ** 20
const FLOOD_GROWTH = 16 * 2 ** 20
/** ms for memory to come back to what is really in use. */
const SETTLED = 2000
/** Below so many inputs it is a short run. */
const SHORT = 10_000
/** An answer says nothing of what is inside. */
const LEAK = /\bat \S+ \(|node:|\.ts\b|SQLITE|SELECT |valibot/i

export const rubbish: Scenario = {
  about: 'malformed frames made from the schema, broken WebSocket frames, floods (rounds: inputs)',
  promises: 'R25, R26',
  size: { rounds: 100_000, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const canary = await startCanary(stage, server.port, 200)
    const { rounds } = stage.size
    const rss = () => costOf(server.pid)?.rss ?? 0
    const cold = rss()
    // A heap grows to its working size first, which is no leak; the figures show both.
    const warming = Math.ceil(rounds * WARMING)
    await talk(stage, server, warming)
    await shout(stage, server, Math.ceil(warming / RAW_SHARE))
    if (rounds >= SHORT) await sleep(SETTLED / 2)
    stage.figure('memory by the first 40 % of it, MiB more', ((rss() - cold) / 2 ** 20).toFixed(1))
    const [memory, handles] = [rss(), server.handles]
    const rest = rounds - warming
    for (let done = 0; done < rest; done += Math.ceil(rest / 9)) {
      const count = Math.min(Math.ceil(rest / 9), rest - done)
      await talk(stage, server, count)
      await shout(stage, server, Math.ceil(count / RAW_SHARE))
      stage.say(
        `${done + count} inputs, memory ${((rss() - memory) / 2 ** 20).toFixed(1)} MiB more than before`,
      )
    }
    await until(() => rounds < SHORT && rss() - memory <= GROWTH, SETTLED)
    const grown = rss() - memory
    stage.expect(grown <= GROWTH, 'R25', `memory grew by ${(grown / 2 ** 20).toFixed(0)} MiB`)
    await drown(stage, server, rss)
    const isBack = await until(() => (server.handles ?? 0) <= (handles ?? 0), 10_000)
    stage.expect(isBack, 'R25', `${server.handles} files are open, ${handles} were`)
    stage.expect(canary.lost === 0 && canary.isIn, 'R25', 'the canary lost its connection')
    const errors = server.lines.filter(({ level }) => level === 'error')
    stage.expect(errors.length === 0, 'R25', `the log says ${JSON.stringify(errors[0])}`)
    stage.figure('inputs', rounds)
    stage.figure('memory by all that came after, MiB more', (grown / 2 ** 20).toFixed(1))
    stage.figure('canary p99, ms', canary.p99.toFixed(1))
  },
}

async function talk(stage: Stage, { port }: Server, count: number): Promise<void> {
  const maker = new RubbishMaker(stage.random)
  const share = Math.ceil(count / TALKERS)
  await Promise.all(Array.from({ length: TALKERS }, () => talker(stage, port, maker, share)))
}

/** Sends so many inputs and compares each answer. Every one is wrong by itself, so answers come in order. */
async function talker(stage: Stage, port: number, maker: RubbishMaker, count: number): Promise<void> {
  const { token } = await logIn(port, `eve${stage.random.below(1e9)}`)
  const ws = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers: { authorization: `Bearer ${token}` } })
  const { promise, resolve } = Promise.withResolvers<void>()
  const due: Rubbish[] = []
  let left = count
  const more = () => {
    for (; left > 0 && due.length < WINDOW; left -= 1) {
      const input = maker.next()
      due.push(input)
      ws.send(input.text)
    }
    if (due.length === 0) resolve()
  }
  ws.on('message', (data: Buffer) => {
    const frame = readFrame(data.toString())
    if (frame === null) return stage.expect(false, 'R25', 'an answer was not JSON')
    if (frame.t === 'hello') return more()
    if (frame.t !== 'ok' && frame.t !== 'no') return
    const input = due.shift()
    const isDue = input && frame.t === 'no' && frame.ref === input.ref && frame.code === input.code
    const shown = `${input?.text.slice(0, 200)} → ${data.toString().slice(0, 200)}`
    stage.expect(isDue === true, 'R25', `not the answer that was due: ${shown}`)
    stage.expect(frame.t !== 'no' || !LEAK.test(frame.why), 'S15', `an answer says too much: ${shown}`)
    more()
  })
  ws.on('error', () => undefined)
  ws.on('close', (code) => {
    if (left + due.length > 0)
      stage.expect(false, 'R25', `closed with ${code} at ${due[0]?.text.slice(0, 200)}`)
    resolve()
  })
  if ((await within(120_000, promise)) === 'late')
    stage.expect(false, 'R25', `no answer to ${due[0]?.text.slice(0, 200)}`)
  ws.terminate()
}

/** Breaks the rules of WebSocket, a connection for each time. */
async function shout(stage: Stage, { port }: Server, count: number): Promise<void> {
  const { token } = await logIn(port, `eve${stage.random.below(1e9)}`)
  for (let n = 0; n < count; n += 1) {
    const { what, bytes, codes } = brokenBytes(stage.random)
    const raw = await rawWebSocket(port, token)
    raw.socket.write(bytes)
    // Noise may be the beginning of something; then it is our end that ends it.
    if (codes.includes(null)) raw.socket.end()
    const text = await within(5000, raw.ended)
    raw.socket.destroy()
    const code = text === 'late' ? 'nothing' : closeCode(text)
    stage.expect(
      code !== 'nothing' && codes.includes(code),
      'R25',
      `${what}: ${code} instead of ${codes.join('/')}`,
    )
  }
}

async function drown(stage: Stage, { port }: Server, rss: () => number): Promise<void> {
  const { token } = await logIn(port, 'flood')
  // Most take a second to be ended: in a short run one of them must do.
  for (const { what, first, more } of stage.size.rounds < SHORT ? floods.slice(1, 2) : floods) {
    const memory = rss()
    const raw = await rawWebSocket(port, token)
    const began = performance.now()
    const many = Buffer.concat(Array.from({ length: 1000 }, () => more))
    const pour = () => {
      while (!raw.socket.destroyed && raw.socket.write(many));
    }
    raw.socket.on('drain', pour)
    raw.socket.write(first)
    pour()
    await within(5000, raw.ended)
    const took = performance.now() - began
    raw.socket.destroy()
    const grown = (rss() - memory) / 2 ** 20
    stage.expect(took <= 2000, 'R26', `${what}: ended after ${took.toFixed(0)} ms`)
    stage.expect(grown <= FLOOD_GROWTH / 2 ** 20, 'R26', `${what}: memory grew by ${grown.toFixed(0)} MiB`)
    stage.say(`flood of ${what}: ended after ${took.toFixed(0)} ms, ${grown.toFixed(1)} MiB more`)
  }
}
