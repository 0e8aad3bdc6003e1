/** At a steady rate, with the time that each message takes to reach people all over the room. It waits for nothing. */

import { Histogram } from '../load/histogram.ts'
import { gather } from './crowd.ts'
import { bytesOf, settle } from './flood.ts'
import type { JobOf, Outcome } from './job.ts'
import { watchLoop } from './loop.ts'
import { measure, need, pause } from './meter.ts'
import { messageOf } from './peer.ts'

/** People whose deliveries are timed. */
const SAMPLED = 20
const SEQ = /"body":"\d{6}-(\d{14}) /g

export async function pace(job: JobOf<'pace'>): Promise<Outcome> {
  const rssBefore = need(job.pid).rss
  const rooms = await gather(job)
  const { id, peers } = rooms[0]!
  const latency = new Histogram()
  const due: number[] = []
  let own = 0
  let isMeasured = false
  for (const peer of peers) peer.onOwn = () => own++
  for (let n = 0; n < SAMPLED; n++) {
    peers[Math.floor((n * peers.length) / SAMPLED)]!.onMessages = (payload) => {
      const now = performance.now()
      if (isMeasured)
        for (const [, seq] of payload.toString().matchAll(SEQ)) latency.record(now - due[Number(seq)]!)
    }
  }
  const start = performance.now()
  const sendDue = (): void => {
    const now = performance.now()
    for (
      let at = start + (due.length / job.rate) * 1000;
      at <= now;
      at = start + (due.length / job.rate) * 1000
    ) {
      // Strides that share no factor with the size of the room let everybody write.
      const peer = peers[(due.length * 7) % peers.length]!
      peer.write(messageOf(peer.number, due.push(at) - 1, id))
    }
  }
  const timer = setInterval(sendDue, 1)
  await pause(job.warmUp)
  const look = job.kind === 'ours' ? await watchLoop(job.port) : null
  const before = { own, bytes: bytesOf(peers) }
  const read = measure(job.pid)
  isMeasured = true
  await pause(job.measure)
  isMeasured = false
  const measured = read()
  const messages = own - before.own
  const bytes = bytesOf(peers) - before.bytes
  const loop = look === null ? null : await look()
  clearInterval(timer)
  const faults = await settle(rooms, job.kind, () => due.length - own)
  for (const peer of peers) peer.close()
  return {
    ...measured,
    rssBefore,
    messages,
    deliveries: messages * job.people,
    perFrame: null,
    p50: latency.quantile(0.5),
    p99: latency.quantile(0.99),
    p999: latency.quantile(0.999),
    bytes,
    loop,
    faults,
  }
}
