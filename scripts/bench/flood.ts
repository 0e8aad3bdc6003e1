/** As fast as it goes: each sender sends its next message when its last has come back. It reads no message. */

import type { Room } from './crowd.ts'
import type { JobOf, Outcome } from './job.ts'
import type { Peer } from './peer.ts'
import { Talk } from './talk.ts'

export async function flood(job: JobOf<'flood'>): Promise<Outcome> {
  const talk = await Talk.gather(job)
  for (const room of talk.rooms) {
    for (const peer of senders(room, job.inFlight / job.each)) {
      const say = (): void => talk.say(peer, room)
      talk.whenBack(peer, say)
      for (let n = 0; n < job.each; n++) say()
    }
  }
  return talk.measure()
}

/** Evenly spread over the room. */
function senders({ peers }: Room, inFlight: number): Peer[] {
  const step = peers.length / Math.min(inFlight, peers.length)
  return Array.from({ length: Math.min(inFlight, peers.length) }, (_, n) => peers[Math.floor(n * step)]!)
}
