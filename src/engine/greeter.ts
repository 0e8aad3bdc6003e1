/** How somebody comes in: under a name that nobody else here bears, into the lobby, with `hello`. */

import * as v from 'valibot'
import type { Refusal } from '../feature.ts'
import { refuse } from '../feature.ts'
import { bounds, personName } from '../fields.ts'
import type { HelloFrame, Limits, RoomSummary } from '../protocol.ts'
import { PROTOCOL } from '../protocol.ts'
import { makeName, numbered } from '../state/names.ts'
import { deskOf, LOBBY } from '../state/records.ts'
import type { Briefs } from './briefs.ts'
import type { Commands } from './commands.ts'
import type { Hub } from './hub.ts'
import type { Limits as Rates } from './limits.ts'
import type { PeerHost } from './peer.ts'
import { Peer } from './peer.ts'
import type { People, Person } from './people.ts'
import type { Clock, Link, Store } from './ports.ts'
import type { Rooms } from './rooms.ts'
import type { EngineSettings } from './settings.ts'
import type { Unread } from './unread.ts'

/** Random names that are tried before a number is put behind one. */
const TRIES = 20
/** Readings of somebody's rooms while they move between rooms. */
const READINGS = 5

export interface GreeterWorld {
  readonly store: Store
  readonly clock: Clock
  readonly settings: EngineSettings
  readonly people: People
  readonly limits: Rates
  readonly rooms: Rooms
  readonly commands: Commands
  readonly hub: Hub
  readonly unread: Unread
  readonly briefs: Briefs
  readonly peers: PeerHost
  /** In [0, 1). */
  random(): number
}

export class Greeter {
  readonly #world: GreeterWorld

  constructor(world: GreeterWorld) {
    this.#world = world
  }

  async #nameOf(user: string): Promise<string | null> {
    return (await this.#world.rooms.look(deskOf(user), 'profile', user))?.name ?? null
  }

  async introduce(user: string, wish: string | null): Promise<{ name: string } | Refusal> {
    const { people, limits } = this.#world
    people.newcomer(user)
    const known = await this.#nameOf(user)
    if (wish === null && known !== null) return { name: known }
    const wanted = wish === null ? null : v.safeParse(personName, wish)
    if (wanted && !wanted.success) return refuse('bad_frame', `name: ${wanted.issues[0].message}`)
    // A new person comes with a name; to change it costs as much as a message, whichever way it is asked for.
    const wait = known === null ? 0 : limits.messages.take(user)
    if (wait > 0) return refuse('too_fast', 'Too many names. Slow down a little.', wait)
    const name = wanted ? wanted.output : this.#freeName(user)
    if (!people.hold(user, name)) return refuse('taken', 'Somebody here has this name already.')
    const borne = await this.#bear(user, name)
    if (known === null && 'name' in borne) people.introduce(user, borne.name)
    return borne
  }

  async connect(user: string, link: Link): Promise<Peer> {
    const { people, hub } = this.#world
    const newcomer = people.newcomer(user)
    const isNew = newcomer !== undefined && people.hold(user, newcomer)
    const person = people.enter(user, isNew ? newcomer : await this.#nameToBear(user))
    person.arriving++
    try {
      const rooms = await this.#roomsOf(person, isNew)
      if (person.peers.length === 0) person.rooms = new Set(rooms)
      const hello = await this.#hello(person, rooms)
      const peer = new Peer(this.#world.peers, person, link)
      person.peers = [...person.peers, peer]
      // What was left, or has vanished, since it was read is not told any more.
      const told = hello.rooms.filter(({ room }) => person.rooms.has(room))
      hub.arrive(person, told)
      peer.tell({ ...hello, rooms: told })
      // At once, so that it leaves together with the answer to the upgrade.
      peer.flush()
      // Thousands only sit and listen: their desks are read again when they say or read something.
      this.#world.rooms.rest(deskOf(user))
      return peer
    } finally {
      person.arriving--
      people.leave(person)
    }
  }

  /** One's own name, or another if somebody who is here has taken it meanwhile. */
  async #nameToBear(user: string): Promise<string> {
    const { people } = this.#world
    const own = await this.#nameOf(user)
    if (own !== null && people.hold(user, own)) return own
    const name = own === null ? this.#freeName(user) : this.#freeVariant(user, own)
    people.hold(user, name)
    const borne = await this.#bear(user, name)
    if ('code' in borne) throw new Error(`no name for ${user}: ${borne.why}`)
    return borne.name
  }

  async #bear(user: string, name: string): Promise<{ name: string } | Refusal> {
    const { people, commands } = this.#world
    const reply = await commands.submit('member.rename', { name }, { id: user, name })
    if (reply.kind === 'refusal') {
      people.release(user, name)
      return reply
    }
    return { name }
  }

  #freeName(user: string): string {
    const { people, random } = this.#world
    for (let tries = 0; tries < TRIES; tries++) {
      const name = makeName(random(), random())
      if (people.isFree(user, name)) return name
    }
    return this.#freeVariant(user, makeName(random(), random()))
  }

  #freeVariant(user: string, name: string): string {
    for (let number = 2; ; number++) {
      const variant = numbered(name, number, bounds.name)
      if (this.#world.people.isFree(user, variant)) return variant
    }
  }

  /** With the lobby, which everybody is in from the first second. */
  async #roomsOf(person: Person, isNew: boolean): Promise<string[]> {
    const rooms = isNew ? [] : await this.#readRooms(person)
    if (rooms.includes(LOBBY)) return rooms
    const { moves } = person
    const reply = await this.#world.commands.submit('room.join', { room: LOBBY }, person)
    if (reply.kind === 'refusal') throw new Error(`the lobby is closed: ${reply.why}`)
    // Nobody ever leaves the lobby, so that who is not in it was never there.
    this.#world.unread.entered(person, LOBBY, reply.rev)
    // Nothing but this join has moved them: nothing need be read again.
    return person.moves === moves + 1 ? [...rooms, LOBBY] : this.#readRooms(person)
  }

  /** Read again when the person came into a room or left one meanwhile, by another device. */
  async #readRooms(person: Person): Promise<string[]> {
    for (let reading = 1; ; reading++) {
      const { moves } = person
      const rooms = await this.#world.store.roomsOf(person.id)
      if (moves === person.moves || reading === READINGS) return rooms
    }
  }

  async #hello(person: Person, rooms: readonly string[]): Promise<HelloFrame> {
    const { store, clock, settings } = this.#world
    const summaries = await Promise.all(rooms.map((room) => this.#summary(person, room)))
    return {
      t: 'hello',
      protocol: PROTOCOL,
      epoch: store.epoch,
      user: { id: person.id, name: person.name, desk: deskOf(person.id) },
      lobby: LOBBY,
      rooms: summaries.filter((summary) => summary !== null),
      limits: limitsOf(settings),
      now: clock.now(),
    }
  }

  /** `null`: the room vanished meanwhile. */
  async #summary(person: Person, room: string): Promise<RoomSummary | null> {
    const { briefs, unread } = this.#world
    const brief = await briefs.of(room)
    if (brief === null) return null
    const { rev, kind, name, last } = brief
    return { room, rev, kind, name, last, unread: await unread.of(person, room, rev) }
  }
}

function limitsOf({ ttl, inFlight, frame }: EngineSettings): Limits {
  const { body, bodyBytes, name, roomName, ttlMin, ttlMax } = bounds
  return { body, bodyBytes, name, roomName, frame, inFlight, ttl, ttlMin, ttlMax }
}
