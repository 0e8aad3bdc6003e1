/** Many people who are in a room, have it open and say nothing: what does each of them cost? It sends nothing but pongs. */

import { gather } from './crowd.ts'
import type { JobOf, Outcome } from './job.ts'
import { measure, need, pause } from './meter.ts'

export async function idle(job: JobOf<'idle'>): Promise<Outcome> {
  const rssBefore = need(job.pid).rss
  const rooms = await gather(job)
  const everybody = rooms.flatMap((room) => room.peers)
  const read = measure(job.pid)
  await pause(job.measure)
  const measured = read()
  const closed = everybody.filter((peer) => peer.closed !== null).length
  for (const peer of everybody) peer.close()
  return {
    ...measured,
    rssBefore,
    messages: 0,
    deliveries: 0,
    perFrame: null,
    p50: null,
    p99: null,
    faults: { closed },
  }
}
