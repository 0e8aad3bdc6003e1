/** As fast as it goes, with the same number of messages under way however many people there are: everybody in turn. */

import type { JobOf, Outcome } from './job.ts'
import { Talk } from './talk.ts'

export async function turns(job: JobOf<'turns'>): Promise<Outcome> {
  const talk = await Talk.gather(job)
  // One of each room, then the next of each.
  const order = Array.from({ length: job.people }, (_, n) => n).flatMap((n) =>
    talk.rooms.map((room) => ({ room, peer: room.peers[n]! })),
  )
  let turn = 0
  const say = (): void => {
    const { room, peer } = order[turn++ % order.length]!
    talk.say(peer, room)
  }
  for (const peer of talk.everybody) talk.whenBack(peer, say)
  for (let n = 0; n < job.inFlight; n++) say()
  return talk.measure()
}
