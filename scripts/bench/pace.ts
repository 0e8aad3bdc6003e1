/** At a steady rate, with the time that each message takes to reach people all over the room. It waits for nothing. */

import { Histogram } from '../load/histogram.ts'
import type { JobOf, Outcome } from './job.ts'
import { Talk } from './talk.ts'

/** People whose deliveries are timed. */
const SAMPLED = 20
const SEQ = /"body":"\d{6}-(\d{14}) /g

export async function pace(job: JobOf<'pace'>): Promise<Outcome> {
  const talk = await Talk.gather(job)
  const room = talk.rooms[0]!
  const { peers } = room
  const latency = new Histogram()
  const due: number[] = []
  for (const peer of peers) talk.whenBack(peer, () => undefined)
  for (let n = 0; n < SAMPLED; n++) {
    peers[Math.floor((n * peers.length) / SAMPLED)]!.onMessages = (payload) => {
      const now = performance.now()
      if (talk.isMeasured)
        for (const [, seq] of payload.toString().matchAll(SEQ)) latency.record(now - due[Number(seq)]!)
    }
  }
  const start = performance.now()
  const sayDue = (): void => {
    if (talk.isOver) return
    const now = performance.now()
    for (
      let at = start + (due.length / job.rate) * 1000;
      at <= now;
      at = start + (due.length / job.rate) * 1000
    ) {
      // Strides that share no factor with the size of the room let everybody write.
      const peer = peers[(due.length * 7) % peers.length]!
      due.push(at)
      talk.say(peer, room)
    }
  }
  const timer = setInterval(sayDue, 1)
  return talk.measure(latency).finally(() => clearInterval(timer))
}
