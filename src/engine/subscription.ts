/**
 * One connection's position in one room. It passes on live commits that continue exactly where the last ended;
 * when one does not, or the reader is too slow, it reads from the store until it has caught up. It never skips.
 */

import type { CatchUps, Reader, Step } from './catch-ups.ts'
import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { Commit } from './ports.ts'
import type { EngineSettings } from './settings.ts'

export interface SubscriptionHost {
  readonly catchUps: CatchUps
  readonly settings: EngineSettings
  readonly meter: Meter
  /** The store failed: the connection is of no use until it comes back. */
  lost(peer: Peer, error: unknown): void
}

/** One for all: thousands have started long ago. */
const done: Promise<void> = Promise.resolve()

/** `reading`: catching up from the store. `waiting`: too slow; reads again once the backlog is small. */
type State = 'reading' | 'waiting' | 'live' | 'ended'

export class Subscription implements Reader {
  readonly room: string
  /** As far as the connection has been told. */
  rev = 0
  readonly #host: SubscriptionHost
  readonly #peer: Peer
  /** Settled when it has caught up for the first time. */
  started = done
  /** It was given a fresh window. */
  hasReset = false
  /** Presence was not told, because the backlog was too large. */
  hasMissedPresence = false
  #state: State = 'reading'
  /** The newest rev that passed by while not live. */
  #latest = 0

  constructor(host: SubscriptionHost, peer: Peer, room: string) {
    this.#host = host
    this.#peer = peer
    this.room = room
  }

  get isReading(): boolean {
    return this.#state === 'reading'
  }

  get isLive(): boolean {
    return this.#state === 'live'
  }

  /** [P4] Begins at `since`, or with a fresh window for `null`. Resolves when live, or when it will be later. */
  start(since: number | null): Promise<void> {
    const begun = new Promise<void>((resolve, reject) => {
      this.#peer.readings.add(() => this.#begin(since).then(resolve, reject))
    })
    this.started = begun
    const forget = () => {
      if (this.started === begun) this.started = done
    }
    begun.then(forget, () => undefined)
    return begun
  }

  async #begin(since: number | null): Promise<void> {
    if (since === null) await this.#reset()
    else this.rev = since
    await this.#catchUp()
  }

  /** A commit passes by; `bytes` are the same for all who hear it. */
  offer(commit: Commit, bytes: Uint8Array): void {
    if (this.#state !== 'live') {
      this.#latest = commit.rev
      if (this.#state === 'waiting') this.#host.meter.droppedBytes += bytes.length
      return
    }
    if (commit.rev <= this.rev) return
    const isSlow = this.#peer.backlog > this.#host.settings.liveBacklog
    if (commit.from <= this.rev && !isSlow) {
      this.rev = commit.rev
      this.#peer.push(bytes)
      return
    }
    this.#latest = commit.rev
    if (!isSlow) return this.#resume()
    this.#state = 'waiting'
    this.#host.meter.droppedBytes += bytes.length
  }

  drained(): void {
    if (this.#state === 'waiting') this.#resume()
  }

  end(): void {
    this.#state = 'ended'
  }

  /** In its turn: many rooms that were waiting would each read a page at once. */
  #resume(): void {
    this.#state = 'reading'
    this.#peer.readings.add(() => this.#catchUp().catch((error) => this.#host.lost(this.#peer, error)))
  }

  async #catchUp(): Promise<void> {
    const { catchUps, settings } = this.#host
    while (this.#state === 'reading') {
      // [R22] Sooner than live frames stop: those are shared with all who hear them, a page is often one reader's own.
      if (this.#peer.backlog > settings.resumeBacklog) {
        this.#state = 'waiting'
        return
      }
      const step = await catchUps.changes(this.room, this.rev, this)
      if (this.#state !== 'reading') return step?.page?.taken()
      if (step === null) await this.#reset()
      else {
        this.#tell(step)
        if (!step.more && step.rev >= this.#latest) this.#state = 'live'
      }
    }
  }

  async #reset(): Promise<void> {
    this.hasReset = true
    const step = await this.#host.catchUps.window(this.room, this.#peer.person.id, this)
    if (this.#state === 'reading') this.#tell(step)
    else step.page?.taken()
  }

  #tell({ page, rev }: Step): void {
    this.rev = rev
    if (page !== null) this.#peer.lend(page.bytes, page.taken)
  }
}
