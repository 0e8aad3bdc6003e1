/** As fast as it goes, with the same number of messages under way however many people there are: everybody in turn. */

import { gather } from './crowd.ts'
import { bytesOf, settle } from './flood.ts'
import type { JobOf, Outcome } from './job.ts'
import { measure, need, pause } from './meter.ts'
import { messageOf } from './peer.ts'

export async function turns(job: JobOf<'turns'>): Promise<Outcome> {
  const rssBefore = need(job.pid).rss
  const rooms = await gather(job)
  // One of each room, then the next of each.
  const order = Array.from({ length: job.people }, (_, n) => n).flatMap((n) =>
    rooms.map((room) => ({ room: room.id, peer: room.peers[n]! })),
  )
  const everybody = order.map(({ peer }) => peer)
  let own = 0
  let seq = 0
  let isOver = false
  const send = (): void => {
    const { room, peer } = order[seq % order.length]!
    peer.write(messageOf(peer.number, seq++, room))
  }
  for (const peer of everybody) {
    peer.onOwn = () => {
      own++
      if (!isOver) send()
    }
  }
  for (let n = 0; n < job.inFlight; n++) send()
  await pause(job.warmUp)
  const before = { own, bytes: bytesOf(everybody) }
  const read = measure(job.pid)
  await pause(job.measure)
  const messages = own - before.own
  const bytes = bytesOf(everybody) - before.bytes
  const measured = read()
  isOver = true
  const faults = await settle(rooms, job.kind, () => seq - own)
  for (const peer of everybody) peer.close()
  const deliveries = messages * job.people
  return {
    ...measured,
    rssBefore,
    messages,
    deliveries,
    perFrame: null,
    bytes,
    p50: null,
    p99: null,
    faults,
  }
}
