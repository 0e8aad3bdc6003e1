/** One person sends one message at a time and waits for its `ok`, or for its echo. Nothing is ever under way beside it. */

import { Histogram } from '../load/histogram.ts'
import { gather } from './crowd.ts'
import { bytesOf, settle } from './flood.ts'
import type { JobOf, Outcome } from './job.ts'
import { watchLoop } from './loop.ts'
import { measure, need, pause } from './meter.ts'
import { messageOf } from './peer.ts'

export async function single(job: JobOf<'single'>): Promise<Outcome> {
  const rssBefore = need(job.pid).rss
  const rooms = await gather(job)
  const everybody = rooms.flatMap((room) => room.peers)
  const { id, peers } = rooms[0]!
  const sender = peers[0]!
  const latency = new Histogram()
  let seq = 0
  let own = 0
  let sentAt = 0
  let isMeasured = false
  let isOver = false
  const send = (): void => {
    sentAt = performance.now()
    sender.write(messageOf(sender.number, seq++, id))
  }
  sender.onOwn = () => {
    own++
    if (isMeasured) latency.record(performance.now() - sentAt)
    if (!isOver) send()
  }
  send()
  await pause(job.warmUp)
  const look = job.kind === 'ours' ? await watchLoop(job.port) : null
  const before = { own, bytes: bytesOf(everybody) }
  const read = measure(job.pid)
  isMeasured = true
  await pause(job.measure)
  isMeasured = false
  const messages = own - before.own
  const bytes = bytesOf(everybody) - before.bytes
  const measured = read()
  const loop = look === null ? null : await look()
  isOver = true
  const faults = await settle(rooms, job.kind, () => seq - own)
  for (const peer of everybody) peer.close()
  return {
    ...measured,
    rssBefore,
    messages,
    deliveries: messages * job.people,
    perFrame: null,
    bytes,
    loop,
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    p999: latency.quantile(0.999),
    faults,
  }
}
