/** What was acknowledged is read at once, by others and on other devices: not once may it be missing. */

import { insist } from '../insist.ts'
import type { Member } from '../member.ts'
import { startServer } from '../server.ts'
import type { Scenario } from '../stage.ts'
import { Workload } from '../workload.ts'

/** Pairs at once, and rooms in which they meet. */
const LANES = 16
const ROOMS = 4
/** Messages of a page: as many as may come between, and more. */
const PAGE = 50

/** Ways of reading. A fresh window is what somebody gets who opens the room. */
const ways = ['message.history', 'message.get', 'room.open'] as const

export const reread: Scenario = {
  about: 'reading what was acknowledged just now, in all ways (rounds: messages)',
  promises: 'R9',
  size: { rounds: 50_000, seconds: 0 },
  async run(stage) {
    const server = await startServer({ data: stage.folder() })
    stage.atEnd(() => server.kill('SIGKILL'))
    const load = { writers: LANES, observers: 0, rooms: ROOMS, rate: 0, isPlain: true }
    const workload = await new Workload(stage, { port: server.port, ...load }).begin()
    let left = stage.size.rounds
    let stale = 0
    const lane = async (writer: Member, n: number) => {
      const room = workload.rooms[n % ROOMS] ?? ''
      const reader = await workload.member(`reader${n}`, n % 2 === 0 ? writer : undefined)
      if (n % 2 === 1) await workload.enter(reader, room)
      for (let made = 0; left > 0; made += 1) {
        left -= 1
        if (left % 10_000 === 0)
          stage.say(`${stage.size.rounds - left} messages, ${stale} not there when read`)
        const id = `reread-${n}-${made}`
        const answer = await insist(writer, { t: 'message.send', room, id, body: id })
        const how = ways[made % ways.length]!
        const isThere = answer.kind === 'ok' && (await reads(reader, room, id, how))
        if (isThere) continue
        stale += 1
        stage.expect(false, 'R9', `${id}, ${JSON.stringify(answer)}, was not in the ${how} right after`)
      }
    }
    await Promise.all(workload.writers.map(lane))
    stage.figure('acknowledged and then read', stage.size.rounds)
    stage.figure('not there when read', stale)
  },
}

async function reads(reader: Member, room: string, id: string, how: (typeof ways)[number]): Promise<boolean> {
  const isIt = (record: object) => Reflect.get(record, 'id') === id
  if (how === 'room.open') {
    let isSeen = false
    reader.onSync = ({ put, reset }) => {
      isSeen ||= reset === true && put.some(isIt)
    }
    await reader.open(room)
    await insist(reader, { t: 'room.close', room })
    return isSeen
  }
  const frame = how === 'message.get' ? { t: how, room, ids: [id] } : { t: how, room, limit: PAGE }
  const answer = await insist(reader, frame)
  const records: unknown = answer.kind === 'ok' ? Reflect.get(answer.data, 'records') : []
  return Array.isArray(records) && records.some(isIt)
}
