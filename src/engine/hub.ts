/**
 * Who hears what. It passes each commit to the connections that have the room open, news of it to members who have
 * not, and presence and signals to those who look. It decides nothing and stores nothing.
 */

import type { BumpFrame, PresenceSignal, RoomSummary } from '../protocol.ts'
import type { MemberRecord } from '../state/records.ts'
import { deskOf, kindOf } from '../state/records.ts'
import type { Briefs } from './briefs.ts'
import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { People, Person } from './people.ts'
import type { Cancel, Clock, Commit, Encode, News } from './ports.ts'
import { Presence } from './presence.ts'
import type { EngineSettings } from './settings.ts'
import type { Subscription } from './subscription.ts'
import type { Tick } from './tick.ts'
import type { Unread } from './unread.ts'

/** Presence and bumps are gathered for so long; ms. */
const GATHER = 100

export interface HubWorld {
  readonly clock: Clock
  readonly settings: EngineSettings
  readonly people: People
  readonly unread: Unread
  readonly briefs: Briefs
  readonly meter: Meter
  readonly tick: Tick
  /** Has a room follow somebody's name. */
  correctName(room: string, person: Person): void
  readonly encode: Encode
  /** What a failing reading of the store comes to. */
  failed(what: string, error: unknown): void
}

export class Hub {
  readonly presence = new Presence()
  readonly #world: HubWorld
  readonly #open = new Map<string, Map<Peer, Subscription>>()
  /** Rooms with news for those who have them not open; `true`: with new last words. */
  readonly #bumps = new Map<string, boolean>()
  /** Rooms with news for one person alone; `true`: with new last words. */
  readonly #owed = new Map<Person, Map<string, boolean>>()
  #gathering: Cancel | null = null
  #bumping: Promise<void> = Promise.resolve()

  constructor(world: HubWorld) {
    this.#world = world
  }

  hear(news: News): void {
    switch (news.kind) {
      case 'commit':
        return this.#commit(news.commit, news.text)
      case 'erased':
        return this.#erased(news.room)
      case 'signal':
        this.#signal(news.room, news.text, news.except)
    }
  }

  subscribe(peer: Peer, subscription: Subscription): void {
    this.unsubscribe(peer, subscription.room)
    let open = this.#open.get(subscription.room)
    if (!open) {
      open = new Map()
      this.#open.set(subscription.room, open)
    }
    open.set(peer, subscription)
    peer.open.set(subscription.room, subscription)
  }

  unsubscribe(peer: Peer, room: string): void {
    const subscription = peer.open.get(room)
    if (!subscription) return
    subscription.end()
    peer.open.delete(room)
    const open = this.#open.get(room)
    open?.delete(peer)
    if (open?.size === 0) this.#open.delete(room)
  }

  /** The connection looks away. What it was not told in full, the person's list of rooms is to say. */
  close(peer: Peer, room: string): void {
    const subscription = peer.open.get(room)
    const isTold = !subscription || subscription.isLive || !peer.person.rooms.has(room)
    this.unsubscribe(peer, room)
    if (isTold) return
    this.#owe(peer.person, room, true)
    this.#gather()
  }

  /**
   * The person is now here, and was told of these rooms. What went on since that was read, they are owed, also the rooms
   * they came into meanwhile.
   */
  arrive(person: Person, told: readonly RoomSummary[]): void {
    const { briefs, unread } = this.#world
    const summaries = new Map(told.map((summary) => [summary.room, summary]))
    for (const room of person.rooms) {
      this.presence.enter(room, person)
      const summary = summaries.get(room)
      const isAsTold =
        summary && briefs.isAsTold(room, summary) && unread.isAsTold(person, room, summary.unread)
      if (!isAsTold) this.#owe(person, room, true)
    }
    this.#gather()
  }

  /** The connection is gone, and the person with it if it was the last. */
  depart(peer: Peer, isLast: boolean): void {
    for (const room of [...peer.open.keys()]) this.unsubscribe(peer, room)
    if (!isLast) return
    for (const room of peer.person.rooms) this.presence.leave(room, peer.person)
    this.#owed.delete(peer.person)
    this.#gather()
  }

  #commit(commit: Commit, text: string): void {
    const { room } = commit
    const here = this.presence.of(room)
    this.#world.unread.heard(commit, here)
    const open = this.#open.get(room)
    if (open) {
      const bytes = this.#world.encode(text)
      this.#world.tick.fansOut(room, open.size, commit.rev - commit.from)
      for (const subscription of open.values()) subscription.offer(commit, bytes)
    }
    for (const record of commit.put) {
      if (record.type === 'member') this.#membership(room, record)
      if (record.type === 'profile') this.#world.people.rename(record.id, record.name)
      const mark = kindOf(record).marks
      if (mark) this.#readUpTo(room, record.id)
    }
    this.#noteBump(commit)
  }

  /** Somebody came into the room or left it: what they hear changes at once. */
  #membership(room: string, { id, name, left }: MemberRecord): void {
    const { people } = this.#world
    people.newcomer(id)
    const person = people.get(id)
    if (!person) return
    const isIn = left === null
    if (person.rooms.has(room) === isIn) return
    // Let in under a name that was given up meanwhile: the room missed the change, and follows now.
    if (isIn && person.name !== name) this.#world.correctName(room, person)
    person.moves++
    if (isIn) {
      person.rooms.add(room)
      if (person.peers.length > 0) this.presence.enter(room, person)
      this.#noteMove(person, room, true)
    } else {
      person.rooms.delete(room)
      this.presence.leave(room, person)
      this.#world.unread.forget(person, room)
      this.#shutOut(person, room)
    }
    this.#gather()
  }

  #shutOut(person: Person, room: string): void {
    for (const peer of person.peers) {
      this.unsubscribe(peer, room)
      peer.tell({ t: 'bump', rooms: { [room]: null } })
    }
  }

  #erased(room: string): void {
    // Also those who are just being greeted: what they were told of their rooms is to be read again.
    for (const person of this.#world.people.all()) {
      const wasIn = person.rooms.delete(room)
      if (!wasIn && person.arriving === 0) continue
      person.moves++
      this.#world.unread.forget(person, room)
      if (wasIn) this.#shutOut(person, room)
    }
    for (const peer of [...(this.#open.get(room)?.keys() ?? [])]) this.unsubscribe(peer, room)
    this.presence.drop(room)
    this.#bumps.delete(room)
    this.#world.briefs.forget(room)
  }

  /** Those who read too slowly are not told: they are what is returned. */
  #signal(room: string, text: string, except: string | null): Subscription[] {
    const slow: Subscription[] = []
    const open = this.#open.get(room)
    if (!open) return slow
    const bytes = this.#world.encode(text)
    for (const [peer, subscription] of open) {
      if (peer.person.id === except) continue
      if (peer.backlog <= this.#world.settings.signalBacklog) peer.push(bytes)
      else slow.push(subscription)
    }
    this.#world.meter.droppedSignals += slow.length
    return slow
  }

  /** A reader that was slow has taken all: what it was not told of who is here, it is told as a whole. */
  drained(peer: Peer): void {
    for (const subscription of peer.open.values()) {
      if (!subscription.hasMissedPresence) continue
      subscription.hasMissedPresence = false
      const { room } = subscription
      peer.tell({
        t: 'signal',
        name: 'presence',
        room,
        ...this.presence.summary(room),
        offline: [],
        whole: true,
      })
    }
  }

  /** A desk says that its person has read a room: all their devices shall agree. */
  #readUpTo(desk: string, room: string): void {
    const person = this.#world.people.get(desk.slice(deskOf('').length))
    if (!person?.rooms.has(room)) return
    this.#noteMove(person, room, false)
    this.#gather()
  }

  #noteMove(person: Person, room: string, hasNewWords: boolean): void {
    this.#world.unread.moved(person, room)
    // Who is only being greeted is not owed what `hello` is about to say; `arrive` looks whether it still holds.
    if (person.peers.length > 0) this.#owe(person, room, hasNewWords)
  }

  #owe(person: Person, room: string, hasNewWords: boolean): void {
    const owed = this.#owed.get(person) ?? new Map<string, boolean>()
    this.#owed.set(person, owed.set(room, hasNewWords || owed.get(room) === true))
  }

  /** Who comes, goes or reacts changes nothing in a list of rooms: ten thousand need not hear of it. */
  #noteBump(commit: Commit): void {
    const { room } = commit
    const showing = this.#world.briefs.heard(commit)
    if (showing === null || this.presence.of(room).size === 0) return
    this.#bumps.set(room, showing === 'last' || this.#bumps.get(room) === true)
    this.#gather()
  }

  #gather(): void {
    this.#gathering ??= this.#world.clock.after(GATHER, () => {
      this.#gathering = null
      this.#tellPresence()
      // One after the other, so that nobody is told an older count after a newer one.
      this.#bumping = this.#bumping
        .then(() => this.#tellBumps())
        .catch((error) => this.#world.failed('bump', error))
    })
  }

  #tellPresence(): void {
    for (const news of this.presence.news()) {
      const signal: PresenceSignal = { t: 'signal', name: 'presence', ...news }
      const slow = this.#signal(news.room, JSON.stringify(signal), null)
      for (const subscription of slow) subscription.hasMissedPresence = true
    }
  }

  async #tellBumps(): Promise<void> {
    const bumps = [...this.#bumps]
    const owed = [...this.#owed]
    this.#bumps.clear()
    this.#owed.clear()
    const due = new Map<Person, Map<string, boolean>>()
    const note = (person: Person, room: string, hasNewWords: boolean) => {
      if (!person.peers.some((peer) => !peer.open.has(room))) return
      const rooms = due.get(person) ?? new Map<string, boolean>()
      due.set(person, rooms.set(room, hasNewWords || rooms.get(room) === true))
    }
    for (const [room, hasNewWords] of bumps)
      for (const person of this.presence.of(room).values()) note(person, room, hasNewWords)
    for (const [person, rooms] of owed)
      for (const [room, hasNewWords] of rooms) note(person, room, hasNewWords)
    for (const [person, rooms] of due) await this.#bump(person, rooms)
  }

  async #bump(person: Person, rooms: Map<string, boolean>): Promise<void> {
    const news = new Map<string, NonNullable<BumpFrame['rooms'][string]>>()
    for (const [room, hasNewWords] of rooms) {
      if (!person.rooms.has(room)) continue
      const brief = await this.#world.briefs.of(room)
      if (!brief) continue
      const unread = await this.#world.unread.of(person, room, brief.rev)
      const { rev, kind, name, last } = brief
      news.set(room, { rev, unread, kind, name, ...(hasNewWords && { last }) })
    }
    for (const peer of person.peers) {
      const told = [...news].filter(([room]) => person.rooms.has(room) && !peer.open.has(room))
      if (told.length > 0) peer.tell({ t: 'bump', rooms: Object.fromEntries(told) })
    }
  }
}
