/** Few files may be open and many want in: the caps hold, the rest are told to come later, and who is in notices nothing. */

import { setTimeout as sleep } from 'node:timers/promises'
import type { Raw } from '../../../test/support/raw.ts'
import { handshake, rawSocket } from '../../../test/support/raw.ts'
import type { Canary } from '../canary.ts'
import { startCanary } from '../canary.ts'
import type { Server } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { until, within } from '../stage.ts'
import { logIn } from '../wire.ts'

/** `ulimit -n`, and how many of those are not for WebSockets. */
const FILES = 512
const SPARE = 256
/** Connections of one person. */
const OF_PERSON = 50
/** WebSockets that want in, and sockets that then say nothing, far beyond what the process may open. */
const WANTED = 400
const SILENT = 700
/** So few files that no cap helps: the system refuses further ones. */
const TOO_FEW = 96
/** Cap of one address in the last part. */
const OF_ADDRESS = 100

export const full: Scenario = {
  about: `too many connections for ulimit -n ${FILES}, for a person and for an address`,
  promises: 'R28',
  size: { rounds: 5, seconds: 0 },
  async run(stage) {
    if (process.platform === 'win32') {
      stage.verdict.skipped = 'there is no ulimit on Windows'
      return
    }
    const server = await stage.server({ data: stage.folder(), files: FILES })
    let hasEnded = false
    void server.exit.then(() => {
      hasEnded = true
    })
    const canary = await startCanary(stage, server.port, 200)
    const tokens: string[] = []
    for (let n = 0; n < 10; n += 1) tokens.push((await logIn(server.port, `eve${n}`)).token)
    for (let round = 1; round <= stage.size.rounds && !hasEnded; round += 1) {
      await crowd(stage, server, canary, tokens, round)
    }
    stage.expect(!hasEnded, 'R28', 'the server ended')
    const errors = server.lines.filter(({ level }) => level === 'error')
    stage.expect(errors.length === 0, 'R28', `the log says ${JSON.stringify(errors[0])}`)
    stage.expect(canary.lost === 0, 'R28', 'the canary lost its connection')
    stage.figure('canary p99, ms', canary.p99.toFixed(1))
    canary.stop()
    await server.kill('SIGTERM')
    await starve(stage)
    await caps(stage)
  },
}

/** Fills all places, wants more, then opens sockets that the process has no files for, and lets go of all. */
async function crowd(
  stage: Stage,
  server: Server,
  canary: Canary,
  tokens: readonly string[],
  round: number,
): Promise<void> {
  const { port } = server
  const before = server.handles ?? 0
  const { open, refused } = await enter(stage, port, tokens, WANTED)
  const places = FILES - SPARE - 1
  stage.expect(open.length === places, 'R28', `round ${round}: ${open.length} came in, not ${places}`)
  const sung = canary.times.length
  const silent: Raw[] = []
  for (let n = 0; n < SILENT; n += 1) {
    const raw = await within(
      2000,
      rawSocket(port).catch(() => 'refused' as const),
    )
    if (typeof raw === 'object') silent.push(raw)
  }
  const most = server.handles ?? 0
  await sleep(2000)
  stage.expect(canary.times.length > sung, 'R28', `round ${round}: who was in had no answer any more`)
  const alive = open.filter(({ socket }) => !socket.destroyed).length
  stage.expect(
    alive === open.length,
    'R28',
    `round ${round}: ${open.length - alive} who were in were cut off`,
  )
  for (const { socket } of [...silent, ...open]) socket.destroy()
  const isFree = await until(() => (server.handles ?? 0) <= before, 15_000)
  stage.expect(isFree, 'R28', `round ${round}: ${server.handles} files are open, ${before} were`)
  stage.say(
    `round ${round}: ${open.length} came in, ${refused} were told to come later, ${most} files at most`,
  )
  stage.figure('came in, were told to come later, open files at most', `${open.length}, ${refused}, ${most}`)
}

/** So many WebSockets, shared by these people. Who is not let in must be told when to come again. */
async function enter(
  stage: Stage,
  port: number,
  tokens: readonly string[],
  wanted: number,
): Promise<{ open: Raw[]; refused: number }> {
  const open: Raw[] = []
  let refused = 0
  for (let n = 0; n < wanted; n += 1) {
    const raw = await rawSocket(port)
    raw.socket.write(handshake(port, `Authorization: Bearer ${tokens[n % tokens.length]}`))
    const head = await within(
      5000,
      raw.until('\r\n\r\n').catch(() => 'cut off'),
    )
    if (head.startsWith('HTTP/1.1 101 ')) {
      open.push(raw)
      continue
    }
    const isTold = head.startsWith('HTTP/1.1 503 ') && /^retry-after: \d+\r$/im.test(head)
    stage.expect(isTold, 'R28', `the answer to one too many was ${JSON.stringify(head.slice(0, 200))}`)
    refused += 1
    raw.socket.destroy()
  }
  return { open, refused }
}

/** The system has no more files for it (EMFILE): it waits until there are some, and says so. */
async function starve(stage: Stage): Promise<void> {
  const server = await stage.server({ data: stage.folder(), files: TOO_FEW })
  const canary = await startCanary(stage, server.port, 200)
  const silent: Raw[] = []
  for (let n = 0; n < SILENT; n += 1) {
    const raw = await within(
      50,
      rawSocket(server.port).catch(() => 'refused' as const),
    )
    if (typeof raw === 'object') silent.push(raw)
  }
  const [most, sung] = [server.handles ?? 0, canary.times.length]
  await sleep(3000)
  stage.expect(canary.times.length > sung, 'R28', 'without files, who was in had no answer any more')
  for (const { socket } of silent) socket.destroy()
  await sleep(1000)
  const { open } = await enter(stage, server.port, [(await logIn(server.port, 'late')).token], 1)
  stage.expect(open.length === 1, 'R28', 'nobody came in when there were files again')
  const lost = canary.lost + (canary.isIn ? 0 : 1)
  stage.expect(lost === 0, 'R28', 'the canary lost its connection for want of files')
  const said = new Set(server.lines.flatMap(({ level, event }) => (level === 'info' ? [] : [String(event)])))
  stage.say(`${most} of ${TOO_FEW} files open; the log says ${[...said].join(', ') || 'nothing'}`)
  canary.stop()
  for (const { socket } of open) socket.destroy()
  await server.kill('SIGKILL')
}

/** One person, and one address, cannot take all places. */
async function caps(stage: Stage): Promise<void> {
  const flags = ['--connections-per-address', String(OF_ADDRESS)]
  const server = await stage.server({ data: stage.folder(), flags })
  const tokens: string[] = []
  for (let n = 0; n < 10; n += 1) tokens.push((await logIn(server.port, `bob${n}`)).token)
  const person = await enter(stage, server.port, tokens.slice(0, 1), OF_PERSON + 10)
  stage.expect(person.open.length === OF_PERSON, 'R28', `one person has ${person.open.length} connections`)
  const address = await enter(stage, server.port, tokens.slice(1), OF_ADDRESS)
  const all = person.open.length + address.open.length
  stage.expect(all === OF_ADDRESS, 'R28', `one address has ${all} connections`)
  for (const { socket } of [...person.open, ...address.open]) socket.destroy()
  stage.figure('connections of one person, and of one address', `${person.open.length}, ${all}`)
}
