/**
 * Commands that have no answer yet. Each is sent until it has one, under the same id; per room one after the other,
 * so that a sender's order holds whatever happens. It does not know what the commands do.
 */

import { nanoid } from 'nanoid'
import type { Sent } from '../src/features/index.ts'
import type { CommandAnswer } from '../src/protocol.ts'
import type { Pending, QueuedName, Sending, Stop } from './api.ts'
import { Lost, Refused } from './errors.ts'
import type { OutboxStorage } from './outbox-storage.ts'
import type { World } from './world.ts'

/** Entries of all rooms together. */
const MOST = 1_000
/** These tell by their answer alone; a refused one is not kept for a decision. */
const fleeting: readonly QueuedName[] = ['reaction.add', 'reaction.remove', 'pin.add', 'pin.remove']

export interface OutboxHost {
  readonly world: World
  readonly storage: OutboxStorage
  /** The room is open and has not yet got so far. */
  isBehind(room: string, rev: number): boolean
  changed(room: string): void
}

/** A command to be put into the outbox. */
export type Wish = { [N in QueuedName]: { name: N; fields: Sent<N> } }[QueuedName]

/** One room's entries. `shown` is replaced, never changed. */
interface Queue {
  shown: readonly Pending[]
  isSending: boolean
}

interface Waiter {
  resolve(answer: CommandAnswer): void
  reject(error: Error): void
}

const none: readonly Pending[] = []

export class Outbox {
  readonly #host: OutboxHost
  readonly #queues = new Map<string, Queue>()
  readonly #waiters = new Map<string, Waiter>()
  /** Answered, but their sync is not here: by id of the entry, the rev that brings it. */
  readonly #stored = new Map<string, number>()
  #person = ''
  #epoch = ''
  /** The person has gone, and nobody has come since. */
  #isShut = false
  #isOnline = false
  #isAdopting = false
  #order = 0
  #stopAdopting: Stop = () => undefined

  constructor(host: OutboxHost) {
    this.#host = host
  }

  /** In order of sending. The same array until something changes. */
  of(room: string): readonly Pending[] {
    return this.#queues.get(room)?.shown ?? none
  }

  all(): Pending[] {
    return [...this.#queues.values()].flatMap(({ shown }) => shown)
  }

  /** Throws `Refused` when too much waits already, or nobody is logged in any more. `id`: of what is created. */
  add(wish: Wish, id: string = nanoid()): Sending {
    const { room } = wish.fields
    if (this.#isShut) throw new Refused('forbidden', 'You are logged out.')
    if (this.all().length >= MOST) throw new Refused('limit', `${MOST} messages are waiting already.`)
    const at = this.#host.world.serverNow()
    this.#order = Math.max(this.#order + 1, at)
    const origin = { id, room, person: this.#person, at, order: this.#order }
    const entry: Pending = { ...wish, ...origin, state: 'waiting', why: null }
    this.#keep(entry)
    const stored = new Promise<CommandAnswer>((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject })
    })
    // Nobody has to wait for the answer: a refusal shows in the timeline.
    stored.catch(() => undefined)
    this.#show(room, [...this.of(room), entry])
    this.#send(room)
    return { id, stored }
  }

  /** There is a connection, of this person. What another one left is not sent. `epoch`: of the server. */
  connected(person: string, epoch: string): void {
    this.#isOnline = true
    this.#isShut = false
    if (epoch !== this.#epoch) this.#doubt()
    this.#epoch = epoch
    if (person !== this.#person) this.#become(person)
    if (this.#isAdopting) return
    for (const room of this.#queues.keys()) this.#send(room)
  }

  lost(): void {
    this.#isOnline = false
  }

  /** Forgets all that this person has waiting. */
  clear(): void {
    if (this.#person !== '') this.#host.storage.clear(this.#person)
    this.#become('')
    this.#isShut = true
  }

  close(): void {
    this.#isOnline = false
    this.#stopAdopting()
    for (const id of this.#waiters.keys())
      this.#waiter(id)?.reject(new Lost('The connection was closed here.', true))
  }

  retry(id: string): void {
    const entry = this.#find(id)
    if (entry?.state !== 'failed') return
    this.#replace(entry, { ...entry, state: 'waiting', why: null })
    this.#send(entry.room)
  }

  discard(id: string): void {
    const entry = this.#find(id)
    if (!entry || this.#stored.has(id)) return
    this.#remove(entry)
    this.#waiter(id)?.reject(new Lost('It was discarded.', false))
  }

  /** The room has got further: what was stored is in it now. */
  seen(room: string, rev: number): void {
    for (const entry of this.of(room)) {
      const bringsIt = this.#stored.get(entry.id)
      if (bringsIt !== undefined && bringsIt <= rev) this.#drop(entry)
    }
  }

  /** The server was set back: what was stored may be there no more. It is sent again, under the same id. */
  #doubt(): void {
    for (const entry of this.all()) if (this.#stored.delete(entry.id)) this.#keep(entry)
  }

  /** Another person's entries go from view, not from the storage. Those of before the first `hello` are this one's. */
  #become(person: string): void {
    this.#stopAdopting()
    const own = this.all().filter((entry) => entry.person === '' && person !== '')
    for (const room of [...this.#queues.keys()]) this.#show(room, none)
    const kept = new Set(own.map(({ id }) => id))
    for (const id of this.#waiters.keys())
      if (!kept.has(id)) this.#waiter(id)?.reject(new Lost('Somebody else is logged in.', true))
    this.#stored.clear()
    this.#person = person
    for (const entry of own) {
      const mine = { ...entry, person }
      this.#keep(mine)
      this.#show(entry.room, [...this.of(entry.room), mine])
    }
    if (person === '') return
    this.#isAdopting = true
    this.#stopAdopting = this.#host.storage.adopt(person, (entries) => {
      this.#isAdopting = false
      this.#adopt(entries)
    })
  }

  /** Of before a reload, or of a tab that is no more: older than anything here, whatever the clocks say. */
  #adopt(entries: readonly Pending[]): void {
    const adopted = entries.filter(({ id, person }) => person === this.#person && !this.#find(id))
    this.#order = Math.max(this.#order, ...adopted.map(({ order }) => order))
    const rooms = Map.groupBy(adopted, ({ room }) => room)
    for (const [room, older] of rooms) {
      const newer = this.of(room).map((entry): Pending => ({ ...entry, order: ++this.#order }))
      for (const entry of newer) if (!this.#stored.has(entry.id)) this.#keep(entry)
      this.#show(room, [...older, ...newer])
    }
    for (const room of this.#queues.keys()) this.#send(room)
  }

  #send(room: string): void {
    const queue = this.#queues.get(room)
    if (!queue || queue.isSending || !this.#isOnline || this.#isAdopting) return
    const next = queue.shown.find(({ id, state }) => state === 'waiting' && !this.#stored.has(id))
    if (!next) return
    queue.isSending = true
    this.#host.world.ask(next.name, next.fields).then(
      (answer) => {
        this.#answered(next, answer)
        this.#sent(queue, room)
      },
      (error) => this.#unanswered(next, error, queue),
    )
  }

  #sent(queue: Queue, room: string): void {
    queue.isSending = false
    if (queue.shown.length > 0) this.#send(room)
    else if (this.#queues.get(room) === queue) this.#queues.delete(room)
  }

  #answered(entry: Pending, answer: CommandAnswer): void {
    const { id, room } = entry
    this.#waiter(id)?.resolve(answer)
    this.#host.storage.remove(entry)
    if (!this.#find(id)) return
    if (this.#host.isBehind(room, answer.rev)) this.#stored.set(id, answer.rev)
    else this.#drop(entry)
  }

  #unanswered(entry: Pending, error: unknown, queue: Queue): void {
    const { room } = entry
    if (error instanceof Refused && error.retry !== null) {
      this.#host.world.clock.after(error.retry, () => this.#sent(queue, room))
      return
    }
    // Lost: it waits for the next connection, which may have come already.
    if (error instanceof Refused) this.#refused(entry, error)
    this.#sent(queue, room)
    if (!(error instanceof Refused || error instanceof Lost)) throw error
  }

  #refused(entry: Pending, error: Refused): void {
    this.#waiter(entry.id)?.reject(error)
    const now = this.#find(entry.id)
    if (!now) return
    // What is to be changed is no more: there is nothing left to decide.
    const isMoot = entry.name !== 'message.send' && error.code === 'not_found'
    if (isMoot || fleeting.includes(entry.name)) this.#remove(now)
    else this.#replace(now, { ...now, state: 'failed', why: error.why })
  }

  #find(id: string): Pending | undefined {
    for (const { shown } of this.#queues.values())
      for (const entry of shown) if (entry.id === id) return entry
    return undefined
  }

  #replace(entry: Pending, by: Pending): void {
    this.#keep(by)
    this.#show(
      entry.room,
      this.of(entry.room).map((other) => (other.id === by.id ? by : other)),
    )
  }

  /** Before the first `hello` nobody knows whose it is. */
  #keep(entry: Pending): void {
    if (entry.person !== '') this.#host.storage.put(entry)
  }

  #remove(entry: Pending): void {
    this.#host.storage.remove(entry)
    this.#drop(entry)
  }

  #drop({ id, room }: Pending): void {
    this.#stored.delete(id)
    this.#show(
      room,
      this.of(room).filter((other) => other.id !== id),
    )
  }

  #show(room: string, shown: readonly Pending[]): void {
    const queue = this.#queues.get(room)
    if (queue) queue.shown = shown
    else this.#queues.set(room, { shown, isSending: false })
    if (queue && shown.length === 0 && !queue.isSending) this.#queues.delete(room)
    this.#host.changed(room)
  }

  #waiter(id: string): Waiter | undefined {
    const waiter = this.#waiters.get(id)
    this.#waiters.delete(id)
    return waiter
  }
}
