/** The process of a canary: it sends, and tells the process that started it how each message fared. It ends with that. */

import type { Report, Song } from './canary.ts'
import { Stage } from './stage.ts'
import { Workload } from './workload.ts'

const { port, name, seed, every } = JSON.parse(process.argv[2] ?? '') as Song
process.once('disconnect', () => process.exit())
const stage = new Stage({ seed, rounds: 0, seconds: 0 }, () => undefined)
const load = { writers: 0, observers: 0, rooms: 0, rate: 0 }
const member = await new Workload(stage, { port, ...load }).member(name)
const room = `${name}-${seed}-room`
await member.ask({ t: 'room.create', room, name: 'Canary' })
tell(null)
setInterval(() => void sing(), every)

async function sing(): Promise<void> {
  const began = performance.now()
  const id = `canary-${began.toFixed(3).replace('.', '-')}`
  const answer = await member.ask({ t: 'message.send', room, id, body: 'still here' })
  tell(answer.kind === 'ok' ? performance.now() - began : null)
}

function tell(took: number | null): void {
  process.send?.({ took, lost: member.counts.lost, isIn: member.isIn } satisfies Report)
}
