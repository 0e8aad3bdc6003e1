/** What was deleted, edited away, expired or vanished must soon be in no file of a living server and in no answer. */

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from '../insist.ts'
import type { Member } from '../member.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import { Workload } from '../workload.ts'

/** What is to be forgotten, and what stays, begin like this everywhere in their texts; a number follows. */
const GONE = 'zqéx'
const STAYS = 'wvéy'
/** Code points of a text at most. */
const LONG = 9000
/** ms that an expiring message lives. */
const TTL = 3000
/** Shares of the messages by what becomes of them. */
const fates = ['deleted', 'edited', 'expired', 'vanished', 'deleted', 'kept'] as const
/** ms between two looks into the files. */
const LOOK = 5000

export const forget: Scenario = {
  about:
    'texts that are gone, sought in all files of a living server (rounds: messages; seconds: until then)',
  promises: 'R37',
  size: { rounds: 1000, seconds: 60 },
  async run(stage) {
    const data = stage.folder()
    const server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: 4, observers: 2, rooms: 2, rate: 50 }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    // The journal is never quiet, as on a server that is in use.
    workload.run()
    const ada = await workload.member('ada')
    const [room, vanishing] = [`forget-${stage.size.seed}-room`, `vanish-${stage.size.seed}-room`]
    await insist(ada, { t: 'room.create', room, name: 'Forget' })
    await insist(ada, { t: 'room.create', room: vanishing, name: 'Vanish', vanish: true })
    const { rounds: messages, seconds } = stage.size
    const all = Array.from({ length: messages }, (_, n) => n)
    await Promise.all(all.map((n) => write(stage, ada, fateOf(n) === 'vanished' ? vanishing : room, n)))
    const atFirst = found(data, GONE).size
    await Promise.all(all.map((n) => lose(ada, room, n)))
    await insist(ada, { t: 'room.leave', room: vanishing })
    await sleep(TTL)
    const since = performance.now()
    let left = found(data, GONE).size
    let gone = Number.NaN
    while (performance.now() - since < seconds * 1000) {
      await sleep(Math.min(LOOK, seconds * 1000))
      left = found(data, GONE).size
      const after = (performance.now() - since) / 1000
      if (left === 0 && Number.isNaN(gone)) gone = after
      stage.say(`${after.toFixed(0)} s after: ${left} of ${messages} texts are still in some file`)
    }
    const lost = messages - all.filter((n) => fateOf(n) === 'kept').length
    stage.expect(atFirst >= lost, 'checker', `only ${atFirst} texts were in the files before`)
    stage.expect(left === 0, 'R37', `${left} texts are in ${[...places(data)].join(', ')} after ${seconds} s`)
    const kept = found(data, STAYS).size
    stage.expect(kept > 0, 'checker', 'what was kept was not found either')
    const answered = await answers(ada, room)
    stage.expect(!answered.includes(GONE), 'R37', 'an answer holds a text that is gone')
    stage.expect(answered.includes(STAYS), 'checker', 'no answer holds what was kept')
    stage.expect(!JSON.stringify(server.lines).includes(GONE), 'R37', 'the log holds a text')
    stage.figure('texts lost, and found in files before', `${lost}, ${atFirst}`)
    stage.figure(`found after ${seconds} s`, left)
    stage.figure('seen in no file after, s at most', gone.toFixed(0))
    stage.figure('kept or written in their place, and found', kept)
    await workload.finish()
  },
}

const fateOf = (n: number) => fates[n % fates.length] ?? 'kept'
const idOf = (n: number) => `forget-message-${n}`
/** The mark from the first to the last letter, so that no piece of a page is without it. */
const textOf = (mark: string, n: number, length: number) => `${mark}${n};`.repeat(Math.max(1, length / 9))

async function write(stage: Stage, ada: Member, room: string, n: number): Promise<void> {
  const fate = fateOf(n)
  const length = stage.random.chance(0.5) ? stage.between(1, 200) : stage.between(200, LONG)
  const body = textOf(fate === 'kept' ? STAYS : GONE, n, length)
  const life = fate === 'expired' ? { ttl: TTL } : {}
  const answer = await insist(ada, { t: 'message.send', room, id: idOf(n), body, ...life })
  stage.expect(answer.kind === 'ok', 'R37', `a text was refused: ${JSON.stringify(answer)}`)
}

async function lose(ada: Member, room: string, n: number): Promise<void> {
  const fate = fateOf(n)
  if (fate === 'deleted') await insist(ada, { t: 'message.delete', room, id: idOf(n) })
  if (fate === 'edited')
    await insist(ada, { t: 'message.edit', room, id: idOf(n), body: textOf(STAYS, n, 20) })
}

/** How a text may stand in a file. */
function encodingsOf(mark: string): { bytes: Buffer; step: number; at: number }[] {
  const utf16 = Buffer.from(mark, 'utf16le')
  const escaped = (digits: string) => Buffer.from(mark.replace('é', `\\u00${digits}`))
  return [
    { bytes: Buffer.from(mark), step: 1, at: 0 },
    { bytes: Buffer.from(mark, 'latin1'), step: 1, at: 0 },
    { bytes: utf16, step: 2, at: 0 },
    { bytes: Buffer.from(utf16).swap16(), step: 2, at: 1 },
    { bytes: escaped('e9'), step: 1, at: 0 },
    { bytes: escaped('E9'), step: 1, at: 0 },
    // What is left of one whose beginning was written over.
    { bytes: Buffer.from(mark.slice(3)), step: 1, at: 0 },
  ]
}

/** Numbers of the texts that stand in some file of the folder. */
function found(folder: string, mark: string): Set<string> {
  const numbers = new Set<string>()
  for (const file of readdirSync(folder))
    for (const one of foundIn(join(folder, file), mark)) numbers.add(one)
  return numbers
}

function places(folder: string): Set<string> {
  return new Set(readdirSync(folder).filter((file) => foundIn(join(folder, file), GONE).size > 0))
}

function foundIn(file: string, mark: string): Set<string> {
  const numbers = new Set<string>()
  const bytes = readFileSync(file)
  for (const { bytes: wanted, step, at } of encodingsOf(mark)) {
    for (let from = bytes.indexOf(wanted); from >= 0; from = bytes.indexOf(wanted, from + 1)) {
      let number = ''
      for (let next = from + wanted.length + at; ; next += step) {
        const digit = bytes[next] ?? 0
        if (digit < 0x30 || digit > 0x39) break
        number += String.fromCharCode(digit)
      }
      // The last letter alone is in many words; with a number and the mark's end it is ours.
      if (number !== '' && bytes[from + wanted.length + at + number.length * step] === 0x3b)
        numbers.add(number)
    }
  }
  return numbers
}

/** All that the server says of the room: every page, a fresh window, and each message by its id. */
async function answers(ada: Member, room: string): Promise<string> {
  const parts: unknown[] = []
  ada.onSync = (frame) => parts.push(frame)
  await ada.open(room)
  for (let before: number | undefined; ; ) {
    const answer = await insist(ada, { t: 'message.history', room, before, limit: 200 })
    parts.push(answer)
    if (answer.kind !== 'ok' || Reflect.get(answer.data, 'more') !== true) break
    const records = Reflect.get(answer.data, 'records') as { type: string; born: number }[]
    before = Math.min(...records.filter(({ type }) => type === 'message').map(({ born }) => born))
  }
  for (let n = 0; n < 300; n += 100) {
    const ids = Array.from({ length: 100 }, (_, k) => idOf(n + k))
    parts.push(await insist(ada, { t: 'message.get', room, ids }))
  }
  return JSON.stringify(parts)
}
