/** Puts the engine together: rooms at work, the hub, the router, jobs and the sweeper. It has no rule of its own. */

import { deskOf, kindOf, LOBBY } from '../state/records.ts'
import { Briefs } from './briefs.ts'
import { CatchUps } from './catch-ups.ts'
import { Commands } from './commands.ts'
import { Greeter } from './greeter.ts'
import { Hub } from './hub.ts'
import { Jobs } from './jobs.ts'
import { makeLimits } from './limits.ts'
import { Meter } from './meter.ts'
import type { Peer, PeerHost } from './peer.ts'
import type { Person } from './people.ts'
import { People } from './people.ts'
import type { Bus, Clock, Encode, Engine, Figure, Log, News, Store } from './ports.ts'
import { Rooms } from './rooms.ts'
import type { Frames } from './router.ts'
import { Router } from './router.ts'
import { markTypes } from './rows.ts'
import type { EngineSettings } from './settings.ts'
import { expire, Sweeper } from './sweeper.ts'
import { Tick } from './tick.ts'
import { Unread } from './unread.ts'
import { Views } from './views.ts'

/** Close code and reason for a connection whose position is lost with the store. */
const LOST = [1011, 'The message store does not answer'] as const
/** ms between looks whether all is answered, while draining. */
const DRAIN_STEP = 10

export interface EngineParts {
  store: Store
  bus: Bus
  clock: Clock
  log: Log
  encode: Encode
  settings: EngineSettings
  /** All frames there are. */
  frames: Frames
}

export interface RunningEngine extends Engine {
  /** Ends the sweeper and lets go of the bus. The store stays open. */
  stop(): Promise<void>
}

/** Resolves when the lobby is there and what a stop left undone is under way. Rejects when the store fails. */
export async function createEngine(parts: EngineParts): Promise<RunningEngine> {
  const { store, bus, clock, log, encode, settings } = parts
  const frames: Frames = new Map([...parts.frames, [expire.name, expire]])
  const meter = new Meter()
  const tick = new Tick(clock, meter)
  const people = new People(clock)
  const limits = makeLimits(clock, settings)
  const rooms = new Rooms({
    store,
    bus,
    clock,
    log,
    tick,
    meter,
    jobs: (done) => {
      for (const job of done) jobs.add(job)
    },
  })
  const room = (id: string) => rooms.get(id)
  const commands = new Commands({ store, clock, log, settings, frames, people, limits, room })
  const submit = (frame: string, fields: Record<string, unknown>) => commands.submit(frame, fields)
  const jobs = new Jobs({ store, clock, log, submit, knows: (frame) => commands.knows(frame) })
  const unread = new Unread(store, clock, readPosition(rooms))
  const briefs = new Briefs(store, clock)
  const failed = (what: string, error: unknown) => log.error('the store does not answer', { what, error })
  const correctName = (id: string, { id: user, name }: Person) => {
    // A name is no reason to fail: the room says the old one until the person's next.
    submit('member.named', { room: id, user, name }).catch((error) => failed('correcting a name', error))
  }
  const hub = new Hub({ clock, settings, people, unread, briefs, meter, tick, encode, failed, correctName })
  const lost = (peer: Peer, error: unknown) => {
    failed('catching up', error)
    peer.link.close(...LOST)
  }
  const catchUps = new CatchUps({ store, settings, encode, now: () => clock.now() })
  const subscriptions = { catchUps, settings, meter, lost }
  const views = new Views({ store, bus, clock, log, hub, unread, meter, limits, subscriptions })
  const router = new Router(frames, limits, meter, commands, views)
  const peers: PeerHost = {
    tick,
    settings,
    encode,
    receive: (peer, text) => router.receive(peer, text),
    drained: (peer) => hub.drained(peer),
    gone(peer) {
      const { person } = peer
      person.peers = person.peers.filter((other) => other !== peer)
      hub.depart(peer, person.peers.length === 0)
      people.leave(person)
    },
  }
  const random = Math.random
  const greeter = new Greeter({
    store,
    clock,
    settings,
    people,
    limits,
    rooms,
    commands,
    hub,
    unread,
    briefs,
    peers,
    random,
  })
  const sweeper = new Sweeper({
    store,
    clock,
    log,
    settings,
    isInhabited: (id) => hub.presence.of(id).size > 0,
    isHere: (user) => people.get(user) !== undefined,
    submit,
    sweepMemory() {
      people.sweep()
      for (const limit of Object.values(limits)) limit.sweep()
    },
  })
  const unsubscribe = bus.subscribe((news) => {
    hub.hear(news)
    watchFor(sweeper, news)
  })

  await submit('room.found', { room: LOBBY, name: 'Lobby' })
  await jobs.resume()
  await sweeper.start()

  return {
    introduce: (user, wish) => greeter.introduce(user, wish),
    connect: (user, link) => greeter.connect(user, link),
    figures: () => [
      ...meter.figures(),
      gauge('people', 'People who are here', people.size),
      gauge('rooms', 'Rooms in memory', rooms.size),
      gauge('waiting_frames', 'Frames that wait to be stored', commands.waiting),
    ],
    async drain(after) {
      commands.drain()
      while (!commands.isIdle) await new Promise<void>((resolve) => clock.after(DRAIN_STEP, resolve))
      const all = [...people.all()].flatMap((person) => person.peers)
      for (const peer of all) {
        peer.tell({ t: 'bye', after: after(all.length) })
        peer.flush()
      }
    },
    async stop() {
      await sweeper.stop()
      unsubscribe()
    },
  }
}

const gauge = (name: string, help: string, value: number): Figure => {
  return { name: `parlour_${name}`, help, kind: 'gauge', samples: [{ value }] }
}

/** How far a person has read a room, as a record on their desk says. `null`: not since they came in. */
function readPosition(rooms: Rooms) {
  return async (user: string, room: string): Promise<number | null> => {
    for (const type of markTypes) {
      const mark = await rooms.look(deskOf(user), type, room)
      if (mark) return kindOf(mark).marks?.(mark) ?? 0
    }
    return null
  }
}

/** What the sweeper has to know of the news. */
function watchFor(sweeper: Sweeper, news: News): void {
  if (news.kind === 'erased') {
    sweeper.unwatch(news.room)
    sweeper.deleted()
  }
  if (news.kind !== 'commit') return
  for (const record of news.commit.put) if (record.type === 'room' && record.vanish) sweeper.watch(record.id)
  if (news.commit.del.length > 0) sweeper.deleted()
}
