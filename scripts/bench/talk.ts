/**
 * What all jobs share in which people talk: they are gathered, talk themselves warm, are measured for a while, and in
 * the end everybody must have had everything. Who sends what and when is the job's own.
 */

import type { Histogram } from '../load/histogram.ts'
import type { Room } from './crowd.ts'
import { gather } from './crowd.ts'
import type { JobOf, Kind, Outcome } from './job.ts'
import { watchLoop } from './loop.ts'
import { measure, need, pause } from './meter.ts'
import type { Peer } from './peer.ts'
import { messageOf } from './peer.ts'

/** How long the last deliveries may take, ms. */
const SETTLE = 10_000

type TalkJob = JobOf<'flood' | 'pace' | 'single' | 'turns'>

export class Talk {
  readonly rooms: readonly Room[]
  readonly everybody: readonly Peer[]
  isMeasured = false
  /** Nobody says anything more. */
  isOver = false
  readonly #job: TalkJob
  readonly #rssBefore: number
  #sent = 0
  #own = 0

  private constructor(job: TalkJob, rooms: Room[], rssBefore: number) {
    this.#job = job
    this.#rssBefore = rssBefore
    this.rooms = rooms
    this.everybody = rooms.flatMap((room) => room.peers)
  }

  static async gather(job: TalkJob): Promise<Talk> {
    const rssBefore = need(job.pid).rss
    return new Talk(job, await gather(job), rssBefore)
  }

  /** Sends the next message. The first has number 0. */
  say(peer: Peer, room: Room): void {
    peer.write(messageOf(peer.number, this.#sent++, room.id))
  }

  /** Has `next` follow each message of the peer that comes back. */
  whenBack(peer: Peer, next: () => void): void {
    peer.onOwn = () => {
      this.#own++
      if (!this.isOver) next()
    }
  }

  /** `latency`: what the job times while it is measured. */
  async measure(latency?: Histogram): Promise<Outcome> {
    const { pid, port, kind, people, warmUp, measure: time } = this.#job
    await pause(warmUp)
    const look = kind === 'ours' ? await watchLoop(port) : null
    const before = this.#counts()
    const read = measure(pid)
    this.isMeasured = true
    await pause(time)
    this.isMeasured = false
    const { own, frames, bytes } = this.#counts()
    const measured = read()
    const loop = look === null ? null : await look()
    this.isOver = true
    const faults = await this.#settle()
    for (const peer of this.everybody) peer.close()
    const messages = own - before.own
    const deliveries = messages * people
    return {
      ...measured,
      rssBefore: this.#rssBefore,
      messages,
      deliveries,
      perFrame: deliveries / Math.max(1, frames - before.frames),
      bytes: bytes - before.bytes,
      p50: latency?.quantile(0.5) ?? null,
      p99: latency?.quantile(0.99) ?? null,
      p999: latency?.quantile(0.999) ?? null,
      loop,
      faults,
    }
  }

  /** Frames that carried messages, and bytes, to everybody together. */
  #counts(): { own: number; frames: number; bytes: number } {
    return {
      own: this.#own,
      frames: this.#sum((peer) => peer.syncs + peer.echoes),
      bytes: this.#sum((peer) => peer.bytes),
    }
  }

  /** Waits until all has arrived, then looks whether everybody has had everything. */
  async #settle(): Promise<Record<string, number>> {
    const until = performance.now() + SETTLE
    const uneven = (): number => this.rooms.filter((room) => !isEven(room, this.#job.kind)).length
    while ((this.#sent > this.#own || uneven() > 0) && performance.now() < until) await pause(50)
    return {
      unanswered: this.#sent - this.#own,
      uneven: uneven(),
      refused: this.#sum((peer) => peer.noes),
      gaps: this.#sum((peer) => peer.gaps),
      resets: this.#sum((peer) => peer.resets),
      closed: this.#sum((peer) => (peer.closed === null ? 0 : 1)),
    }
  }

  #sum(of: (peer: Peer) => number): number {
    return this.everybody.reduce((all, peer) => all + of(peer), 0)
  }
}

/** Ours: all stand at the same rev, which nobody reaches without having had what is before. The others: the same number. */
function isEven({ peers }: Room, kind: Kind): boolean {
  const place = (peer: Peer): number => (kind === 'ours' ? peer.rev : peer.echoes)
  const first = place(peers[0]!)
  return peers.every((peer) => place(peer) === first)
}
