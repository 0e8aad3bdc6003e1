/** Every message is sent several times, on two connections, over kills and deletions: it must stand there once, for ever. */

import { setTimeout as sleep } from 'node:timers/promises'
import { insist } from '../insist.ts'
import type { Member } from '../member.ts'
import { startServer } from '../server.ts'
import type { Scenario, Stage } from '../stage.ts'
import type { Answer } from '../wire.ts'
import { Workload } from '../workload.ts'

/** Messages on their way at once, and those between two kills. */
const AT_ONCE = 200
const BETWEEN = 10_000
/** Shares: of messages whose copies take two ways, that are deleted, and of old ones that are sent again after a kill. */
const PARALLEL = 0.1
const DELETED = 0.02
const OLD = 0.05
/** One case of R7 for so many messages. */
const CASES = 100

const CONFLICT = 'conflict'

export const retry: Scenario = {
  about: 'each message 2 to 5 times, some on two connections at once, over kills (rounds: messages)',
  promises: 'R6, R7',
  size: { rounds: 100_000, seconds: 0 },
  async run(stage) {
    const data = stage.folder()
    let server = await startServer({ data })
    stage.atEnd(() => server.kill('SIGKILL'))
    const { port } = server
    const load = { writers: 1, observers: 0, rooms: 2, rate: 0, isPlain: true }
    const workload = await new Workload(stage, { port, ...load }).begin()
    const [room = '', other = ''] = workload.rooms
    const ada = workload.writers[0]!
    const [twin, bob] = [await workload.member('twin', ada), await workload.member('bob')]
    for (const place of workload.rooms) await workload.enter(bob, place)
    const sent: Sent[] = []
    const base = await revOf(ada, room)
    let copies = 0
    let deleted = 0
    for (let done = 0; done < stage.size.rounds; ) {
      const part = Math.min(BETWEEN, stage.size.rounds - done)
      for (const end = done + part; done < end; ) {
        const many = Math.min(AT_ONCE, end - done)
        const fresh = Array.from({ length: many }, (_, n) => new Sent(stage, room, done + n))
        const sending = Promise.all(fresh.map((one) => one.send(stage, ada, twin)))
        if (done + many === end) {
          // With copies on their way, of which nobody knows whether they were stored.
          await sleep(stage.between(0, 20))
          await server.kill('SIGKILL')
          server = await startServer({ data, port })
        }
        copies += (await sending).reduce((a, b) => a + b)
        deleted += (await Promise.all(fresh.map((one) => one.remove(stage, ada)))).filter(Boolean).length
        sent.push(...fresh)
        done += many
      }
      const old = sent.filter(() => stage.random.chance(OLD)).slice(0, BETWEEN)
      copies += (await Promise.all(old.map((one) => one.send(stage, twin, ada)))).reduce((a, b) => a + b, 0)
      stage.say(`${done} messages, ${copies} times sent`)
    }
    const refused = await refuse(stage, sent, { ada, bob }, other)
    await compare(stage, sent, ada, room, base + sent.length + deleted)
    stage.figure('messages', sent.length)
    stage.figure('times sent', copies)
    stage.figure('deleted, and sent again after that', deleted)
    stage.figure('same id, other text or person: cases', refused)
  },
}

/** A message and all that was answered to its copies. */
class Sent {
  readonly id: string
  readonly frame: { t: 'message.send'; room: string; id: string; body: string }
  readonly revs = new Set<number>()
  isDeleted = false

  constructor({ size }: Stage, room: string, n: number) {
    this.id = `retry-${size.seed}-${n}`
    this.frame = { t: 'message.send', room, id: this.id, body: `text ${n}` }
  }

  /** All copies at once; how many. */
  async send(stage: Stage, one: Member, two: Member): Promise<number> {
    const copies = stage.between(2, 5)
    const isParallel = stage.random.chance(PARALLEL)
    const ways = Array.from({ length: copies }, (_, n) => (isParallel && n % 2 === 1 ? two : one))
    for (const answer of await Promise.all(ways.map((way) => insist(way, this.frame)))) {
      if (answer.kind === 'ok') this.revs.add(Number(Reflect.get(answer.data, 'rev')))
      else stage.expect(false, 'R6', `a copy of ${this.id} was refused: ${JSON.stringify(answer)}`)
    }
    const revs = [...this.revs]
    stage.expect(revs.length === 1, 'R6', `the answers to ${this.id} name the revs ${revs.join(', ')}`)
    return copies
  }

  /** A few are deleted, and then sent once more. */
  async remove(stage: Stage, by: Member): Promise<boolean> {
    if (!stage.random.chance(DELETED)) return false
    await insist(by, { t: 'message.delete', room: this.frame.room, id: this.id })
    this.isDeleted = true
    await this.send(stage, by, by)
    return true
  }
}

/** How many cases of an id in use. In another room the same id is another message. */
async function refuse(
  stage: Stage,
  sent: readonly Sent[],
  { ada, bob }: { ada: Member; bob: Member },
  other: string,
): Promise<number> {
  const cases = Math.ceil(stage.size.rounds / CASES)
  // Of a deleted one nobody knows the text any more: then id and author decide (P10).
  const known = sent.filter(({ isDeleted }) => !isDeleted)
  const once = async (n: number) => {
    const { frame, id } = known[(n * 7919) % known.length]!
    const answers = {
      text: await insist(ada, { ...frame, body: `${frame.body}!` }),
      person: await insist(bob, frame),
      room: await insist(ada, { ...frame, room: other }),
    }
    const isRight = isConflict(answers.text) && isConflict(answers.person) && answers.room.kind === 'ok'
    stage.expect(isRight, 'R7', `${id} again: ${JSON.stringify(answers)}`)
  }
  for (let n = 0; n < cases; n += AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, cases - n) }, (_, k) => once(n + k)))
  return cases * 2
}

const isConflict = (answer: Answer) => answer.kind === 'no' && answer.code === CONFLICT

/** What stands there is what was sent, each once, where its answers said, and nothing has moved the room besides. */
async function compare(stage: Stage, sent: readonly Sent[], ada: Member, room: string, rev: number) {
  const isRead = await ada.look(room)
  const final = stage.history.readings.at(-1)
  if (!isRead || !final) return stage.expect(false, 'R6', 'the room cannot be read')
  const born = new Map(final.seen.map((seen) => [seen.id, seen.born]))
  for (const { id, revs, isDeleted } of sent) {
    const is = born.get(id)
    stage.expect(isDeleted ? is === undefined : is !== undefined && revs.has(is), 'R6', `${id} is at ${is}`)
  }
  const kept = sent.filter(({ isDeleted }) => !isDeleted).length
  stage.expect(final.seen.length === kept, 'R6', `${final.seen.length} messages stand there, not ${kept}`)
  stage.expect(final.rev === rev, 'R7', `the room is at ${final.rev}, not at ${rev}: something was stored`)
}

async function revOf(member: Member, room: string): Promise<number> {
  const answer = await member.ask({ t: 'message.history', room, limit: 1 })
  return answer.kind === 'ok' ? Number(Reflect.get(answer.data, 'rev')) : 0
}
