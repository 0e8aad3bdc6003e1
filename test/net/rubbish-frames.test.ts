/** Thousands of malformed frames over a real socket, made from the schema by chance with a seed that is told on failure. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import * as v from 'valibot'
import { serverFrames } from '../../scripts/schema/server-frames.ts'
import type { NoFrame, OkFrame, ServerFrame } from '../../src/protocol.ts'
import { random } from '../support/random.ts'
import { clientFrame, closeCode, handshake, rawSocket } from '../support/raw.ts'
import type { Case } from '../support/rubbish.ts'
import { spoil } from '../support/rubbish.ts'
import type { TestServer } from '../support/server.ts'
import { startServer } from '../support/server.ts'
import type { Person, TestSocket } from '../support/socket.ts'
import { join } from '../support/socket.ts'

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_000)
/** Malformed frames of the big test. */
const rounds = Number(process.env.FUZZ_FRAMES ?? 4_000)

/** An answer that never comes fails the test instead of stopping it. */
const patience = { timeout: 60_000 }

test(
  `[R25] each malformed frame gets exactly one documented answer (FUZZ_SEED=${seed})`,
  patience,
  async (t) => {
    const scene = await settle(t)
    const chance = random(seed)
    for (let ref = 1; ref <= rounds; ref++) {
      const sent = spoil(chance, ref)
      const answer = await reply(scene.eve.socket, sent.text)
      const about = `FUZZ_SEED=${seed}, frame ${ref}: ${sent.text.slice(0, 500)}\n${JSON.stringify(answer)}`
      assert.equal(answer.ref, sent.ref, about)
      assert.ok(sent.codes.includes(answer.t === 'ok' ? 'ok' : answer.code), about)
      if (answer.t === 'no') assert.match(answer.why, tellsNothing, about)
      if (ref % 500 === 0) await scene.isWell(about)
    }
    await scene.isWell(`FUZZ_SEED=${seed}`)
    const answers = scene.eve.socket.frames.filter(isAnswer)
    assert.equal(answers.length, rounds, `FUZZ_SEED=${seed}: not one answer each`)
    for (const frame of scene.eve.socket.frames)
      assert.ok(
        v.is(serverFrames[frame.t], frame),
        `FUZZ_SEED=${seed}: not in the schema: ${JSON.stringify(frame)}`,
      )
  },
)

test(
  `[P1] answers keep to their refs when frames come all at once (FUZZ_SEED=${seed})`,
  patience,
  async (t) => {
    const scene = await settle(t)
    const chance = random(seed)
    const sent = Array.from({ length: 500 }, (_, ref) => spoil(chance, ref)).filter(({ ref }) => ref !== null)
    for (const { text } of sent) scene.eve.socket.send(text)
    const { ws, frames } = scene.eve.socket
    while (frames.filter(isAnswer).length < sent.length) await once(ws, 'message')
    await scene.isWell(`FUZZ_SEED=${seed}`)
    const refs = frames.filter(isAnswer).map(({ ref }) => ref)
    assert.deepEqual(refs.sort(byNumber), sent.map(({ ref }) => ref).sort(byNumber), `FUZZ_SEED=${seed}`)
  },
)

const kilobytes = (count: number) => 'x'.repeat(count * 1024)
const closing: readonly [what: string, bytes: () => Buffer, code: number][] = [
  ['beyond 64 KiB', () => clientFrame(`{"t":"beat","x":"${kilobytes(64)}"}`), 1009],
  ['that is binary', () => clientFrame('{"t":"beat","ref":1}', { opcode: 2 }), 1003],
  ['that is not UTF-8', () => clientFrame(Buffer.from([0x22, 0xff, 0xfe, 0x22])), 1007],
  ['with half a character', () => clientFrame(Buffer.from([0x22, 0xe2, 0x82])), 1007],
  ['of a kind that does not exist', () => clientFrame('{}', { opcode: 3 }), 1002],
]
for (const [what, bytes, code] of closing) {
  test(`[P9] a frame ${what} closes with ${code}, and nobody else notices`, patience, async (t) => {
    const scene = await settle(t)
    const raw = await rawSocket(scene.server.port)
    raw.socket.write(handshake(scene.server.port, `Authorization: Bearer ${scene.eve.token}`))
    await raw.until('"hello"')
    raw.socket.write(bytes())
    assert.equal(closeCode(await raw.ended), code)
    await scene.isWell(what)
  })
}

test('[R25] a frame just within 64 KiB is read, however deeply it is nested', patience, async (t) => {
  const scene = await settle(t)
  const deep = 32_000
  const nested = `${'['.repeat(deep)}${']'.repeat(deep)}`
  const cases: Case[] = [
    { text: `{"t":"beat","ref":1,"x":${nested}}`, ref: 1, codes: ['ok'] },
    { text: `{"t":"typing","ref":2,"room":${nested}}`, ref: 2, codes: ['bad_frame'] },
    { text: '', ref: null, codes: ['bad_frame'] },
    { text: nested, ref: null, codes: ['bad_frame'] },
    { text: '['.repeat(65_000), ref: null, codes: ['bad_frame'] },
    { text: `{"t":"beat","ref":3,"x":"${'x'.repeat(65_000)}"}`, ref: 3, codes: ['ok'] },
  ]
  for (const { text, ref, codes } of cases) {
    const answer = await reply(scene.eve.socket, text)
    assert.equal(answer.ref, ref)
    assert.ok(codes.includes(answer.t === 'ok' ? 'ok' : answer.code), JSON.stringify(answer))
  }
  await scene.isWell('nested')
})

interface Scene {
  server: TestServer
  eve: Person
  /** Eve's connection lives, the canary has heard nothing but itself, and nothing went wrong inside. */
  isWell(about: string): Promise<void>
}

async function settle(test: TestContext): Promise<Scene> {
  const rejections: unknown[] = []
  const note = (reason: unknown) => void rejections.push(reason)
  process.on('unhandledRejection', note)
  test.after(() => process.off('unhandledRejection', note))
  const server = await startServer({ test, flags: ['--rate-limit', 'off'] })
  const [canary, eve] = [await join(server, 'cal'), await join(server, 'eve')]
  const { ws } = eve.socket
  // Whoever waits for an answer hears that none will come.
  ws.once('close', (code) => ws.emit('error', new Error(`closed with ${code}`)))
  const room = 'canary-room'
  await canary.socket.ask({ t: 'room.create', room, name: 'Quiet' })
  await canary.socket.ask({ t: 'room.open', room })
  let said = 0
  const isWell = async (about: string) => {
    const before = canary.socket.frames.length
    const id = `canary-${String(++said).padStart(6, '0')}`
    const synced = canary.socket.next('sync')
    const { rev } = await canary.socket.ask({ t: 'message.send', room, id, body: 'still here' })
    assert.equal((await synced).rev, rev, about)
    // It may still be told that it is here itself: that is gathered, and comes when it comes.
    const isNews = (frame: ServerFrame) =>
      frame.t === 'bump' || (frame.t === 'signal' && frame.name === 'presence')
    const heard = canary.socket.frames.slice(before).filter((frame) => !isNews(frame))
    assert.deepEqual(
      heard.map(({ t }) => t),
      ['sync', 'ok'],
      about,
    )
    assert.equal(eve.socket.ws.readyState, eve.socket.ws.OPEN, about)
    assert.deepEqual(rejections, [], about)
    assert.deepEqual(
      server.log.lines.filter(({ level }) => level === 'error'),
      [],
      about,
    )
  }
  return { server, eve, isWell }
}

/** Sends a text as it is; the next answer, whatever its ref. */
async function reply({ ws, frames }: TestSocket, text: string): Promise<OkFrame | NoFrame> {
  const from = frames.length
  ws.send(text)
  for (;;) {
    await once(ws, 'message')
    const found = frames.slice(from).find(isAnswer)
    if (found) return found
  }
}

const isAnswer = (frame: ServerFrame): frame is OkFrame | NoFrame => frame.t === 'ok' || frame.t === 'no'
const byNumber = (a: number | null, b: number | null) => (a ?? -1) - (b ?? -1)
/** No stack, no path, no SQL: printable sentences only. */
const tellsNothing = /^(?!.*(?: {4}at |\/src\/|node:|SELECT|SQLITE|Error\b))[\p{L}\p{N} .,:;’'_()-]{3,200}$/u
