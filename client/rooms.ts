/** All rooms of a person: a live list of what happens in each, and those that are open. */

import type { BumpFrame, HelloFrame, RoomSummary, SignalFrame, SyncFrame } from '../src/protocol.ts'
import type { Desk } from './desk.ts'
import { Refused } from './errors.ts'
import { OpenedRoom } from './open-room.ts'
import type { Outbox } from './outbox.ts'
import { summaryOf } from './summary.ts'
import type { World } from './world.ts'

export interface RoomsHost {
  readonly world: World
  readonly desk: Desk
  readonly outbox: Outbox
  changed(): void
}

export class Rooms {
  readonly #host: RoomsHost
  readonly #open = new Map<string, OpenedRoom>()
  /** Closed here, which the server has not answered: it goes on telling until then, and tells nothing twice. */
  readonly #closing = new Map<string, OpenedRoom>()
  readonly #known = new Map<string, RoomSummary>()
  /** `null`: to be made anew when somebody asks. */
  #list: ReadonlyMap<string, RoomSummary> | null = null

  constructor(host: RoomsHost) {
    this.#host = host
  }

  /** The same map until something changes. */
  list(): ReadonlyMap<string, RoomSummary> {
    if (this.#list) return this.#list
    const { desk } = this.#host.desk.self
    for (const [id, open] of this.#open) {
      const summary = id === desk ? undefined : summaryOf(open, this.#known.get(id))
      if (summary) this.#known.set(id, summary)
    }
    this.#list = new Map(this.#known)
    return this.#list
  }

  open(id: string): OpenedRoom {
    const known = this.#open.get(id)
    if (known) return known
    const { world, desk, outbox } = this.#host
    const open = new OpenedRoom(id, {
      world,
      desk,
      outbox,
      changed: () => this.#changed(),
      closed: () => this.#close(open),
    })
    this.#open.set(id, open)
    if (world.isConnected) open.connect()
    return open
  }

  hello({ rooms }: HelloFrame, isSomebodyElse: boolean): void {
    this.#known.clear()
    for (const summary of rooms) this.#known.set(summary.room, summary)
    for (const open of this.#open.values()) {
      if (isSomebodyElse) open.forget()
      open.connect()
    }
    this.#changed()
  }

  /** The person has gone: nothing of theirs is shown any more. */
  leave(): void {
    this.#known.clear()
    for (const open of this.#open.values()) open.forget()
    this.#changed()
  }

  lost(): void {
    for (const open of this.#open.values()) open.lost()
  }

  sync(frame: SyncFrame): void {
    const open = this.#open.get(frame.room)
    if (open) open.sync(frame)
    else this.#closing.get(frame.room)?.room.apply(frame)
  }

  signal(frame: SignalFrame): void {
    this.#open.get(frame.room)?.signal(frame)
  }

  beat(revs: Record<string, number>): void {
    for (const [id, open] of this.#open) {
      const rev = revs[id]
      if (rev !== undefined) open.beat(rev)
    }
  }

  bump({ rooms }: BumpFrame): void {
    for (const [id, bump] of Object.entries(rooms)) {
      if (bump === null) {
        this.#known.delete(id)
        this.#open.get(id)?.gone(new Refused('not_found', 'You are not in this room any more.'))
        continue
      }
      const { kind, name, last, ...moved } = { ...this.#known.get(id), ...bump }
      if (kind !== undefined && name !== undefined)
        this.#known.set(id, { ...moved, room: id, kind, name, last: last ?? null })
    }
    this.#changed()
  }

  /** My positions or pending commands are others: of this room, or perhaps of all. */
  touched(id: string | null): void {
    if (id === null) for (const open of this.#open.values()) open.changed()
    else this.#open.get(id)?.changed()
    this.#changed()
  }

  isBehind(id: string, rev: number): boolean {
    const open = this.#open.get(id)
    return open !== undefined && open.room.rev < rev
  }

  close(): void {
    for (const open of [...this.#open.values()]) open.close()
  }

  /** Closed here, or gone: one that was left may be joined and opened again. */
  #close(open: OpenedRoom): void {
    if (this.#open.get(open.id) !== open) return
    this.list()
    this.#open.delete(open.id)
    const { world, outbox } = this.#host
    // Nobody waits for the sync of what was sent.
    outbox.seen(open.id, Number.POSITIVE_INFINITY)
    if (open.isGone) this.#known.delete(open.id)
    else if (world.isConnected) {
      this.#closing.set(open.id, open)
      const closed = () => this.#closed(open)
      // A no: gone with the connection, or gone already. Closed it is.
      world.ask('room.close', { room: open.id }).then(closed, closed)
    }
    this.#changed()
  }

  #closed(open: OpenedRoom): void {
    const { id } = open
    const before = this.#known.get(id)
    if (this.#closing.get(id) !== open) return
    this.#closing.delete(id)
    if (before === undefined || this.#open.has(id) || before.rev >= open.room.rev) return
    const summary = summaryOf(open, before)
    if (summary) this.#known.set(id, summary)
    this.#changed()
  }

  #changed(): void {
    this.#list = null
    this.#host.changed()
  }
}
