/** A healthy connection that sends once a second in a room of its own while others misbehave, and measures its answers. */

import type { Member } from './member.ts'
import type { Stage } from './stage.ts'
import { quantile } from './stage.ts'
import { Workload } from './workload.ts'

export class Canary {
  /** ms from each message to its `ok`. */
  readonly times: number[] = []
  readonly #member: Member
  readonly #room: string
  readonly #timer: NodeJS.Timeout

  constructor(member: Member, room: string, every: number) {
    this.#member = member
    this.#room = room
    this.#timer = setInterval(() => void this.#sing(), every)
  }

  get p99(): number {
    return quantile(this.times, 0.99)
  }
  /** How often its connection was lost. */
  get lost(): number {
    return this.#member.counts.lost
  }
  get isIn(): boolean {
    return this.#member.isIn
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  async #sing(): Promise<void> {
    const began = performance.now()
    const id = `canary-${began.toFixed(3).replace('.', '-')}`
    const answer = await this.#member.ask({ t: 'message.send', room: this.#room, id, body: 'still here' })
    if (answer.kind === 'ok') this.times.push(performance.now() - began)
  }
}

export async function startCanary(
  stage: Stage,
  port: number,
  every = 1000,
  name = 'canary',
): Promise<Canary> {
  const load = { writers: 0, observers: 0, rooms: 0, rate: 0 }
  const member = await new Workload(stage, { port, ...load }).member(name)
  const room = `${name}-${stage.size.seed}-room`
  await member.ask({ t: 'room.create', room, name: 'Canary' })
  const canary = new Canary(member, room, every)
  stage.atEnd(() => canary.stop())
  return canary
}
