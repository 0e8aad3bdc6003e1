/** One person sends one message at a time and waits for its `ok`, or for its echo. Nothing is ever under way beside it. */

import { Histogram } from '../load/histogram.ts'
import type { JobOf, Outcome } from './job.ts'
import { Talk } from './talk.ts'

export async function single(job: JobOf<'single'>): Promise<Outcome> {
  const talk = await Talk.gather(job)
  const room = talk.rooms[0]!
  const sender = room.peers[0]!
  const latency = new Histogram()
  let sentAt = 0
  const say = (): void => {
    sentAt = performance.now()
    talk.say(sender, room)
  }
  talk.whenBack(sender, () => {
    if (talk.isMeasured) latency.record(performance.now() - sentAt)
    say()
  })
  say()
  return talk.measure(latency)
}
