/** One person in one room of the test: enters it, sends stamped messages, hears all others. It counts, and prints nothing. */

import { nanoid } from 'nanoid'
import { CHANCE, mintId } from '../../src/state/mint.ts'
import type { Acked, Delivery, Mark } from './checker.ts'
import { Receiver, Timeline } from './checker.ts'
import type { Answer, Client, Hearing } from './client.ts'
import type { Frame, Sync } from './frames.ts'
import { FrameReader } from './frames.ts'
import { readStamp, writeStamp } from './stamp.ts'
import type { Tally } from './tally.ts'

/** How often a message is sent again that the server was too busy for. */
const TRIES = 100

/** What the people of a room share. */
export class Place {
  readonly id = nanoid()
  readonly reader = new FrameReader()
  readonly timeline = new Timeline()
  readonly members: Member[] = []
  readonly #run: string
  readonly #deliveries = new WeakMap<Sync, Delivery>()
  code: string | null = null

  constructor(run: string) {
    this.#run = run
  }

  /** A sync as the checker wants it, worked out once for all who get the same one. */
  delivery(sync: Sync): Delivery {
    const known = this.#deliveries.get(sync)
    if (known !== undefined) return known
    const marks: Mark[] = []
    for (const { type, born, body, code } of sync.put) {
      if (type === 'room') this.code = code ?? null
      const stamp = type === 'message' && body !== undefined ? readStamp(this.#run, body) : null
      if (stamp !== null) marks.push({ ...stamp, born })
    }
    const delivery: Delivery = { from: sync.from, rev: sync.rev, reset: sync.reset ?? false, marks }
    this.timeline.note(marks)
    this.#deliveries.set(sync, delivery)
    return delivery
  }
}

export interface Plan {
  run: string
  size: number
  tally: Tally
  /** When each message was due, by sender and number, ms of `performance.now`. */
  due: Map<number, number[]>
}

export class Member implements Hearing {
  readonly client: Client
  readonly receiver = new Receiver()
  readonly acked: Acked[] = []
  readonly #place: Place
  readonly #plan: Plan
  readonly #number: number
  readonly #due: number[] = []
  #opening = false

  constructor(client: Client, place: Place, plan: Plan, number: number) {
    this.client = client
    this.#place = place
    this.#plan = plan
    this.#number = number
    plan.due.set(number, this.#due)
    place.members.push(this)
  }

  /** Makes the room or joins it, then opens it. Throws when the server refuses. */
  async enter(): Promise<void> {
    this.client.hear(this, this.#place.reader)
    const { id, code } = this.#place
    const entering =
      code === null ? { t: 'room.create', room: id, name: 'Load test' } : { t: 'room.join', code }
    for (const frame of [entering, { t: 'room.open', room: id }]) {
      const answer = await this.#insist(frame)
      if (answer.kind !== 'ok') throw new Error(`${frame.t}: ${whyNot(answer)}`)
    }
    if (this.receiver.rev < 0) throw new Error('room.open: ok came without a window')
  }

  /** `due`: when it should have been sent, so that waiting for a slow server counts. Resolves once it is answered. */
  async send(due: number): Promise<void> {
    const { tally, run, size } = this.#plan
    const seq = this.#due.push(due) - 1
    const body = writeStamp(run, { sender: this.#number, seq }, size)
    tally.sent++
    const before = tally.retried
    const id = mintId(Date.now(), nanoid(CHANCE))
    const answer = await this.#insist({ t: 'message.send', room: this.#place.id, id, body })
    if (answer.kind !== 'ok') return tally.error(`message.send: ${whyNot(answer)}`)
    tally.acked++
    const rev = revIn(answer.data)
    if (rev === null) return tally.error('message.send: ok without a rev')
    this.acked.push({ sender: this.#number, seq, rev, retried: tally.retried !== before })
  }

  rev(): number {
    return this.receiver.rev
  }

  frame(frame: Frame): void {
    if (frame.t === 'sync' && frame.room === this.#place.id) this.#hearSync(frame)
    if (frame.t === 'beat' && (frame.rooms[this.#place.id] ?? 0) > this.rev()) this.#heal()
  }

  back(): void {
    this.#plan.tally.reconnects++
    this.#opening = false
    void this.#reopen()
  }

  lost(why: string): void {
    this.#plan.tally.error(`connection: ${why}`)
  }

  odd(why: string): void {
    this.#plan.tally.error(why)
  }

  #hearSync(sync: Sync): void {
    const delivery = this.#place.delivery(sync)
    const before = this.receiver.rev
    const step = this.receiver.hear(delivery)
    if (step === 'gap') this.#heal()
    if (step !== 'heard' || delivery.reset) return
    const now = performance.now()
    for (const { sender, seq, born } of delivery.marks) {
      const due = this.#plan.due.get(sender)?.[seq]
      if (due !== undefined && born > before) this.#plan.tally.deliver(now - due)
    }
  }

  #heal(): void {
    if (this.#opening) return
    this.#plan.tally.gaps++
    void this.#reopen()
  }

  async #reopen(): Promise<void> {
    this.#opening = true
    const { epoch } = this.client.hello
    const answer = await this.#insist({ t: 'room.open', room: this.#place.id, since: this.rev(), epoch })
    this.#opening = false
    if (answer.kind !== 'ok') this.#plan.tally.error(`room.open: ${whyNot(answer)}`)
  }

  /** Asks again, with the same ids, as long as the server says when. */
  async #insist(frame: Record<string, unknown>): Promise<Answer> {
    for (let left = TRIES; ; left--) {
      const answer = await this.client.ask(frame)
      const retry = answer.kind === 'no' ? answer.no.retry : null
      if (answer.kind !== 'no' || retry === null || left === 0) return answer
      this.#plan.tally.retried++
      if (answer.no.code === 'too_fast') this.#plan.tally.tooFast++
      await new Promise((resolve) => setTimeout(resolve, retry))
    }
  }
}

function whyNot(answer: Answer): string {
  if (answer.kind === 'no') return `${answer.no.code}, ${answer.no.why}`
  return answer.kind === 'gone' ? answer.why : 'ok'
}

function revIn(data: unknown): number | null {
  if (typeof data !== 'object' || data === null || !('rev' in data)) return null
  return typeof data.rev === 'number' ? data.rev : null
}
