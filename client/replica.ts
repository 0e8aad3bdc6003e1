/**
 * One room as this client knows it, kept in step with the server: opened, resumed after a lost connection, mended
 * after a gap, read backwards page by page. It shows nothing and decides nothing.
 */

import type { Answered, FrameName, Sent } from '../src/features/index.ts'
import type { OpenAnswer, SyncFrame } from '../src/protocol.ts'
import type { WireRecord } from '../src/state/records.ts'
import { isRecordType, kinds } from '../src/state/records.ts'
import { Room } from '../src/state/room.ts'
import type { Stop } from './api.ts'
import type { Clock } from './clock.ts'
import { Lost, Refused } from './errors.ts'

/** Records of one page of history. */
const PAGE = 50
/**
 * A timeline longer than this is cut to the newest ones, so that who listens for months does not grow for months. Who
 * reads backwards may have so many more.
 */
export const MOST_SHOWN = 4_000
const KEPT = 1_000
/** With more entries than this, and twice as many as after the last cut, traces of what is gone are forgotten. */
export const MOST_ENTRIES = 16_000
/** Answers of `room.open` in a row that leave the room behind; then it is loaded afresh. */
const PATIENCE = 3

const wholeTypes = Object.keys(kinds)
  .filter(isRecordType)
  .filter((type) => kinds[type].place === 'whole')

export interface ReplicaHost {
  readonly clock: Clock
  /** Of the server now; changes when a backup was restored. */
  readonly epoch: string
  readonly isConnected: boolean
  ask<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>>
}

export interface ReplicaEvents {
  /** Up to date. */
  opened(answer: OpenAnswer): void
  /** There is no such room for me. */
  refused(why: Refused): void
}

export class Replica {
  readonly room: Room
  readonly #host: ReplicaHost
  readonly #events: ReplicaEvents
  /** In which the room's rev means something; `null`: load afresh. */
  #epoch: string | null = null
  #isOpening = false
  #isClosed = false
  /** Counts fresh windows: an older page asked for before one does not fit after it. */
  #resets = 0
  #older: Promise<void> | null = null
  #mostShown = MOST_SHOWN
  #mostEntries = MOST_ENTRIES
  #stopRetry: Stop = () => undefined

  constructor(id: string, host: ReplicaHost, events: ReplicaEvents) {
    this.room = new Room(id)
    this.#host = host
    this.#events = events
  }

  /** To be called when a connection is there. Harmless twice. */
  open(): void {
    if (this.#isOpening || this.#isClosed) return
    this.#isOpening = true
    this.#catchUp().then(
      () => this.#opening(null),
      (error) => this.#opening(error),
    )
  }

  close(): void {
    this.#isClosed = true
    this.#stopRetry()
  }

  /** Whose room this was is another's now: nothing of it may stay. */
  forget(): void {
    this.#epoch = null
    this.room.apply({ from: 0, rev: 0, put: [], del: [], reset: true })
    this.#resets++
  }

  /** [P3] `true`: the room has changed. */
  sync(frame: SyncFrame): boolean {
    const applied = this.room.apply(frame)
    if (frame.reset) {
      this.#resets++
      this.#epoch = this.#host.epoch
    }
    if (applied === 'gap') this.open()
    if (applied === 'applied') this.#shorten()
    return applied === 'applied'
  }

  /** [P8] The server says how far the room is: a lost last frame is noticed. */
  beat(rev: number): void {
    if (rev > this.room.rev) this.open()
  }

  /** Nothing is older than what is there. */
  get isComplete(): boolean {
    return this.#resets > 0 && this.room.floor === 0
  }

  /** One page at a time: who asks meanwhile waits for the same one. */
  loadOlder(): Promise<void> {
    this.#older ??= this.#fetchOlder().finally(() => {
      this.#older = null
    })
    return this.#older
  }

  async #fetchOlder(): Promise<void> {
    if (this.isComplete) return
    const { room } = this
    const resets = this.#resets
    const page = await this.#host.ask('message.history', { room: room.id, before: room.floor, limit: PAGE })
    if (resets !== this.#resets) return
    room.merge(page.records, page.more ? oldestOf(page.records, room.floor) : 0)
    this.#mostShown = room.timeline().length + MOST_SHOWN
  }

  async #catchUp(): Promise<void> {
    const { room } = this
    for (let tries = 1; ; tries++) {
      const { epoch } = this.#host
      const known = epoch === this.#epoch && tries <= PATIENCE ? { since: room.rev, epoch } : {}
      const answer = await this.#host.ask('room.open', { room: room.id, ...known })
      if (this.#isClosed) return
      if (room.rev < answer.rev && tries <= PATIENCE) continue
      this.#events.opened(answer)
      return
    }
  }

  #opening(error: unknown): void {
    this.#isOpening = false
    // With the next connection it is opened again.
    if (error === null || this.#isClosed || error instanceof Lost) return
    if (!(error instanceof Refused)) throw error
    if (error.retry === null) this.#events.refused(error)
    else this.#stopRetry = this.#host.clock.after(error.retry, () => this.open())
  }

  #shorten(): void {
    const { room } = this
    const timeline = room.timeline()
    const isLong = timeline.length > this.#mostShown
    if (!isLong && room.size <= this.#mostEntries) return
    const kept = isLong ? timeline.slice(-KEPT) : timeline
    const floor = isLong ? (kept[0]?.born ?? 0) : room.floor
    // What is pinned is shown wherever it stands.
    const pinned = room.all('pin').flatMap(({ id }) => room.get('message', id) ?? [])
    const put: WireRecord[] = [...pinned, ...kept, ...room.all('member')]
    for (const record of [...pinned, ...kept]) put.push(...room.hanging(record.id))
    for (const type of wholeTypes) put.push(...room.all(type))
    room.apply({ from: 0, rev: room.rev, put, del: [], reset: true, floor })
    this.#mostEntries = Math.max(MOST_ENTRIES, 2 * room.size)
    if (!isLong) return
    this.#mostShown = MOST_SHOWN
    this.#resets++
  }
}

function oldestOf(records: readonly WireRecord[], floor: number): number {
  let oldest = floor
  for (const record of records)
    if (kinds[record.type].place === 'timeline' && record.born < oldest) oldest = record.born
  return oldest
}
