/** What only looks: queries, subscriptions and signals. Only somebody who is in the room gets to see it. */

import type { Ask, Query, Signal, Watch } from '../feature.ts'
import type { OpenAnswer } from '../protocol.ts'
import { deskOf } from '../state/records.ts'
import type { Hub } from './hub.ts'
import type { Incoming } from './incoming.ts'
import type { Limits } from './limits.ts'
import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { Bus, Clock, Log, Page, Store } from './ports.ts'
import type { Checked } from './router.ts'
import type { SubscriptionHost } from './subscription.ts'
import { Subscription } from './subscription.ts'
import type { Unread } from './unread.ts'

/** Rooms that one connection may have open. */
const MOST_OPEN = 200

export interface ViewsWorld {
  readonly store: Store
  readonly bus: Bus
  readonly clock: Clock
  readonly log: Log
  readonly hub: Hub
  readonly unread: Unread
  readonly meter: Meter
  readonly limits: Limits
  readonly subscriptions: SubscriptionHost
}

export class Views {
  readonly #world: ViewsWorld

  constructor(world: ViewsWorld) {
    this.#world = world
  }

  query(incoming: Incoming, query: Query, fields: Checked): void {
    const room = this.#seen(incoming, fields)
    if (room === null) return
    const { peer } = incoming
    peer.readings.add(async () => {
      // It may have waited for long.
      if (!isIn(peer, room)) return notThere(incoming)
      try {
        const { records, more, rev } = await this.#read(room, query.rules.run(fields, peer.person))
        // Left meanwhile: what was said since is not for them.
        if (!isIn(peer, room)) return notThere(incoming)
        incoming.ok(`{"records":[${records}],"more":${more},"rev":${rev}}`)
      } catch (error) {
        this.#failed(incoming, error)
      }
    })
  }

  signal(incoming: Incoming, { name }: Signal, fields: Checked): void {
    const room = this.#seen(incoming, fields)
    if (room === null) return
    const user = incoming.peer.person.id
    const { limits, bus } = this.#world
    // As good as told: one in a second says the same to all who look.
    if (limits.signals.take(`${user} ${name} ${room}`) === 0) {
      const text = JSON.stringify({ t: 'signal', room, name, user })
      bus.publish({ kind: 'signal', room, text, except: user })
    }
    incoming.ok('{}')
  }

  watch(incoming: Incoming, { does }: Watch, fields: Checked): void {
    switch (does) {
      case 'beat':
        return incoming.ok('{}')
      case 'close':
        if (typeof fields.room === 'string') this.#world.hub.close(incoming.peer, fields.room)
        return incoming.ok('{}')
      case 'open':
        return this.#open(incoming, fields)
    }
  }

  #open(incoming: Incoming, fields: Checked): void {
    const room = this.#seen(incoming, fields)
    if (room === null) return
    const { peer } = incoming
    if (peer.open.size >= MOST_OPEN && !peer.open.has(room))
      return incoming.no('limit', `At most ${MOST_OPEN} rooms can be open at once.`)
    const isKnown = typeof fields.since === 'number' && fields.epoch === this.#world.store.epoch
    const subscription = new Subscription(this.#world.subscriptions, peer, room)
    this.#world.hub.subscribe(peer, subscription)
    subscription.start(isKnown ? Number(fields.since) : null).then(
      () => {
        this.#world.meter.opened[subscription.hasReset ? 'fresh' : 'resumed']++
        return this.#opened(incoming, subscription)
      },
      (error) => {
        if (peer.open.get(room) === subscription) this.#world.hub.unsubscribe(peer, room)
        this.#failed(incoming, error)
      },
    )
  }

  async #opened(incoming: Incoming, subscription: Subscription): Promise<void> {
    const { peer } = incoming
    const { room } = subscription
    if (!isIn(peer, room)) return notThere(incoming)
    try {
      const current = peer.open.get(room)
      if (current && current !== subscription) {
        // Opened again meanwhile: both questions have the answer of the later one.
        await current.started
        return await this.#opened(incoming, current)
      }
      const { rev } = subscription
      const unread = room === deskOf(peer.person.id) ? 0 : await this.#world.unread.of(peer.person, room, rev)
      if (!isIn(peer, room)) return notThere(incoming)
      const answer: OpenAnswer = { rev, ...this.#world.hub.presence.summary(room), unread }
      incoming.ok(JSON.stringify(answer))
    } catch (error) {
      this.#failed(incoming, error)
    }
  }

  #read(room: string, ask: Ask): Promise<Page> {
    const { store, clock } = this.#world
    switch (ask.page) {
      case 'timeline':
        return store.timeline(room, ask.before, ask.limit, clock.now())
      case 'type':
        return store.list(room, ask.type, ask.after, ask.limit)
      case 'keys':
        return store.get(room, ask.keys, clock.now())
    }
  }

  /** The room, if the person may see it. Otherwise it answers as if there were none. */
  #seen(incoming: Incoming, { room }: Checked): string | null {
    if (typeof room === 'string' && isIn(incoming.peer, room)) return room
    notThere(incoming)
    return null
  }

  #failed(incoming: Incoming, error: unknown): void {
    this.#world.log.error('a reading failed', { error })
    incoming.no('unavailable', 'The message store does not answer.', 2000)
  }
}

function isIn({ person }: Peer, room: string): boolean {
  return person.rooms.has(room) || room === deskOf(person.id)
}

function notThere(incoming: Incoming): void {
  incoming.no('not_found', 'There is no such room, or you are not in it.')
}
