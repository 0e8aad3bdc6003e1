/** A room that somebody looks at: what it shows, and what can be done in it. It stays open until it is closed. */

import { nanoid } from 'nanoid'
import type { OpenAnswer, PresenceSignal, SignalFrame, SyncFrame } from '../src/protocol.ts'
import { CHANCE, mintId } from '../src/state/mint.ts'
import type { WireOf, WireRecord } from '../src/state/records.ts'
import { keyOf } from '../src/state/records.ts'
import type { Room } from '../src/state/room.ts'
import { authorOf } from '../src/state/room.ts'
import type { OpenRoom, Pinned, Reaction, RoomEvents, Sending, Shown, Stop } from './api.ts'
import type { Desk } from './desk.ts'
import { Lost, Refused } from './errors.ts'
import { eventsOf, Hearers } from './events.ts'
import { Expiry } from './expiry.ts'
import { Here } from './here.ts'
import { Listeners } from './listeners.ts'
import type { Outbox } from './outbox.ts'
import { Overlay, pinsOf, reactionsOf } from './overlay.ts'
import { People } from './people.ts'
import { Replica } from './replica.ts'
import type { Counted } from './unread.ts'
import { newestCounted, unreadIn } from './unread.ts'
import { Wanted } from './wanted.ts'
import type { World } from './world.ts'

/** ms between two signs of typing. */
const TYPING = 3_000

export interface OpenRoomHost {
  readonly world: World
  readonly desk: Desk
  readonly outbox: Outbox
  changed(): void
  closed(): void
}

export class OpenedRoom implements OpenRoom {
  readonly id: string
  readonly room: Room
  isReady = false
  isGone = false
  readonly #host: OpenRoomHost
  readonly #replica: Replica
  readonly #here: Here
  readonly #expiry: Expiry
  readonly #overlay = new Overlay()
  readonly #listeners = new Listeners()
  readonly #hearers = new Hearers()
  readonly #ready = Promise.withResolvers<OpenRoom>()
  readonly #people: People
  readonly #messages: Wanted
  #counted: Counted | null = null
  #typedAt = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(id: string, host: OpenRoomHost) {
    this.id = id
    this.#host = host
    const { world } = host
    this.#replica = new Replica(id, world, {
      opened: (answer) => this.#opened(answer),
      refused: (why) => this.gone(why),
    })
    this.room = this.#replica.room
    this.#here = new Here(world.clock, () => this.changed())
    this.#expiry = new Expiry(
      world.clock,
      () => world.serverNow(),
      (record) => this.#expire(record),
    )
    const changed = () => this.changed()
    this.#people = new People(this.room, (fields) => world.ask('member.list', fields), changed)
    this.#messages = new Wanted(async (ids) => {
      const page = await world.ask('message.get', { room: id, ids })
      this.room.merge(page.records, null)
      changed()
      return page
    })
    // Who does not wait for it sees `isGone`.
    this.#ready.promise.catch(() => undefined)
  }

  ready = (): Promise<OpenRoom> => this.#ready.promise

  get online(): ReadonlySet<string> {
    return this.#here.online
  }
  get present(): number {
    return this.#here.present
  }
  get typists(): readonly string[] {
    return this.#here.typists
  }
  get isComplete(): boolean {
    return this.#replica.isComplete
  }

  get readUpTo(): number {
    const { desk } = this.#host
    return desk.readUpTo(this.id) ?? this.room.get('member', desk.self.id)?.born ?? this.room.rev
  }

  get unread(): number {
    const { room } = this
    return unreadIn(room.timeline(), room.floor, this.#host.desk.self.id, this.readUpTo, this.#counted)
  }

  timeline(): readonly Shown[] {
    return this.#overlay.timeline(this.room, this.#pending, this.#host.desk.self.id)
  }

  async loadOlder(): Promise<void> {
    await this.#replica.loadOlder()
    if (this.#isClosed) return
    this.#expiry.watch(this.room.timeline())
    this.changed()
  }

  reactions(message: string): readonly Reaction[] {
    return reactionsOf(this.room, message, this.#pending, this.#host.desk.self.id)
  }

  pinned(): readonly Pinned[] {
    return pinsOf(this.room, this.#pending, this.#host.desk.self.id).map((pin) => {
      const message = this.room.get('message', pin.id)
      if (!message && !this.room.trace('message', pin.id)) this.#messages.want(pin.id)
      return { pin, message }
    })
  }

  member(id: string): WireOf<'member'> | undefined {
    return this.#people.get(id)
  }

  members = (): readonly WireOf<'member'>[] => this.#people.all()
  loadMembers = (): Promise<boolean> => this.#people.load()

  send(body: string, { ttl }: { ttl?: number } = {}): Sending {
    const id = mintId(this.#host.world.serverNow(), nanoid(CHANCE))
    this.#typedAt = Number.NEGATIVE_INFINITY
    const fields = { room: this.id, id, body, ...(ttl !== undefined && { ttl }) }
    return this.#host.outbox.add({ name: 'message.send', fields }, id)
  }

  edit(id: string, body: string): Sending {
    return this.#host.outbox.add({ name: 'message.edit', fields: { room: this.id, id, body } })
  }

  remove(id: string): Sending {
    return this.#host.outbox.add({ name: 'message.delete', fields: { room: this.id, id } })
  }

  react(message: string, emoji: string, on: boolean): Sending {
    const fields = { room: this.id, message, emoji }
    return this.#host.outbox.add({ name: on ? 'reaction.add' : 'reaction.remove', fields })
  }

  pin(message: string, on: boolean): Sending {
    return this.#host.outbox.add({ name: on ? 'pin.add' : 'pin.remove', fields: { room: this.id, message } })
  }

  retry = (pending: string): void => this.#host.outbox.retry(pending)
  discard = (pending: string): void => this.#host.outbox.discard(pending)

  markRead(): void {
    const newest = newestCounted(this.room.timeline())
    // A window of notices alone: what is unread stands before them.
    const upTo = newest?.born ?? (this.unread > 0 ? this.room.rev : 0)
    if (upTo > this.readUpTo) this.#host.desk.mark(this.id, upTo, false)
  }

  markUnread(message: string): void {
    const record = this.room.get('message', message)
    if (record) this.#host.desk.mark(this.id, record.born - 1, true)
  }

  typing(): void {
    const now = this.#host.world.clock.elapsed()
    if (now - this.#typedAt < TYPING) return
    this.#typedAt = now
    this.#host.world.session.tell('typing', { room: this.id })
  }

  async leave(): Promise<void> {
    await this.#host.world.ask('room.leave', { room: this.id })
    this.gone(new Refused('not_found', 'You have left this room.'))
  }

  close(): void {
    this.#isClosed = true
    this.#replica.close()
    this.#expiry.stop()
    this.#here.lost()
    this.#ready.reject(new Lost('The room was closed before it was open.', true))
    this.#host.closed()
  }

  on<E extends keyof RoomEvents>(event: E, hear: (what: RoomEvents[E], room: OpenRoom) => void): Stop {
    return this.#hearers.on(event, hear)
  }

  subscribe(listener: () => void): Stop {
    return this.#listeners.add(listener)
  }

  // What follows is for the library itself.

  connect(): void {
    this.#replica.open()
  }

  lost(): void {
    this.#people.forget()
    this.#messages.forget()
    this.#here.lost()
  }

  /** Somebody else is logged in: what was here is not theirs. */
  forget(): void {
    this.isReady = false
    this.#counted = null
    this.#replica.forget()
    this.#begin()
    this.changed()
  }

  /** There is no such room for me; or it is there and cannot be opened, as when too many are. */
  gone(why: Refused): void {
    if (this.isGone) return
    this.isGone = why.code === 'not_found'
    this.#ready.reject(why)
    this.close()
    this.changed()
  }

  sync(frame: SyncFrame): void {
    const events = eventsOf(this.room, frame, !this.isReady)
    if (!this.#replica.sync(frame)) return
    if (frame.reset) this.#begin()
    this.#expiry.watch(frame.put)
    for (const record of frame.put) {
      const author = record.type === 'message' && authorOf(record)
      if (author) this.#here.stopped(author)
    }
    this.#host.outbox.seen(this.id, this.room.rev)
    this.changed()
    for (const { name, what } of events) this.#hearers.tell(name, what, this)
  }

  signal(frame: SignalFrame): void {
    switch (frame.name) {
      case 'presence':
        return this.#presence(frame)
      case 'typing':
        if (frame.user === this.#host.desk.self.id) return
        this.#here.types(frame.user)
        this.#hearers.tell('typing', frame.user, this)
    }
  }

  beat(rev: number): void {
    this.#replica.beat(rev)
  }

  changed(): void {
    this.#listeners.changed()
    this.#host.changed()
  }

  get #pending() {
    return this.#host.outbox.of(this.id)
  }

  #opened(answer: OpenAnswer): void {
    this.#here.opened(answer)
    this.#counted = { unread: answer.unread, rev: answer.rev, readUpTo: this.readUpTo }
    this.isReady = true
    this.#ready.resolve(this)
    this.changed()
  }

  #presence(frame: PresenceSignal): void {
    this.#here.hear(frame)
    this.#hearers.tell('presence', { online: frame.online, offline: frame.offline }, this)
  }

  /** The window is another: what was read page by page has to be read again. */
  #begin(): void {
    this.#people.forget()
    this.#messages.forget()
    this.#expiry.stop()
  }

  #expire({ type, id, born }: WireRecord): void {
    const author = this.room.trace(type, id)?.author ?? null
    this.room.note(keyOf(type, id), { record: null, born, author })
    this.changed()
  }
}
