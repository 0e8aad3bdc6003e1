/**
 * The outbox: what must happen in other rooms after a commit. Jobs are on disk with the commit that asked for them,
 * are done at least once, and in order for one target.
 */

import type { Job } from '../feature.ts'
import type { Clock, Log, Store, StoredJob } from './ports.ts'
import type { Reply } from './task.ts'

/** Read at once after a start. */
const PAGE = 1_000
/** ms until a job that failed is tried again. */
const AGAIN = 1_000

export interface JobsWorld {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Whether there is such a command. */
  knows(frame: string): boolean
  /** Runs a system command; answers when it is stored. */
  submit(frame: string, fields: Record<string, unknown>): Promise<Reply>
}

export class Jobs {
  readonly #world: JobsWorld
  /** The last job for each target. */
  readonly #lanes = new Map<string, Promise<void>>()

  constructor(world: JobsWorld) {
    this.#world = world
  }

  /** What a stop or a crash left undone; resolves when it is under way. */
  async resume(): Promise<void> {
    for (;;) {
      const left = await this.#world.store.jobs(PAGE)
      for (const job of left) this.add(job)
      if (left.length < PAGE) return
      await this.idle()
    }
  }

  add(stored: StoredJob): void {
    const job: Job = JSON.parse(stored.job)
    const lane = JSON.stringify(job.to)
    const before = this.#lanes.get(lane) ?? Promise.resolve()
    const mine = before.then(() => this.#finish(stored.n, job))
    this.#lanes.set(lane, mine)
    mine.then(() => {
      if (this.#lanes.get(lane) === mine) this.#lanes.delete(lane)
    })
  }

  /** Until nothing is left to do. */
  async idle(): Promise<void> {
    while (this.#lanes.size > 0) await Promise.all(this.#lanes.values())
  }

  /** Never rejects: it tries until it is done. */
  async #finish(n: number, job: Job): Promise<void> {
    const isKnown = this.#world.knows(job.frame)
    if (!isKnown) this.#world.log.error('a job of another version is left out', { frame: job.frame })
    for (;;) {
      try {
        if (!isKnown || (await this.#do(job))) return await this.#world.store.finish([n])
      } catch (error) {
        this.#world.log.warn('a job failed and will be tried again', { frame: job.frame, error })
      }
      await new Promise<void>((resolve) => this.#world.clock.after(AGAIN, resolve))
    }
  }

  /** Whether it is done. A refusal is: it will not be another one next time. */
  async #do(job: Job): Promise<boolean> {
    const rooms = 'room' in job.to ? [job.to.room] : await this.#world.store.roomsOf(job.to.roomsOf)
    const replies = await Promise.all(
      rooms.map((room) => this.#world.submit(job.frame, { ...job.fields, room })),
    )
    return replies.every((reply) => reply.kind !== 'refusal' || reply.retry === null)
  }
}
