/**
 * The way of a command from a connection to its room and back: rates, codes and names are seen to here, all else in
 * the room's turn. It decides nothing about what a command means.
 */

import type { Actor, Command } from '../feature.ts'
import { refuse, SYSTEM } from '../feature.ts'
import { deskOf } from '../state/records.ts'
import type { Incoming } from './incoming.ts'
import type { Limits } from './limits.ts'
import type { LiveRoom } from './live-room.ts'
import type { Peer } from './peer.ts'
import type { People } from './people.ts'
import type { Clock, Log, Store } from './ports.ts'
import type { Checked, Frames } from './router.ts'
import type { EngineSettings } from './settings.ts'
import type { Reply } from './task.ts'

/** ms after which a full queue is worth another try. */
const BUSY_RETRY = 500

export interface CommandsWorld {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly settings: EngineSettings
  readonly frames: Frames
  readonly people: People
  readonly limits: Limits
  room(id: string): LiveRoom
}

export class Commands {
  readonly #world: CommandsWorld
  /** Frames and characters that wait to be stored. */
  #waiting = 0
  #waitingSize = 0
  #isDraining = false
  /** The last lookup of a code for each address. */
  readonly #lookups = new Map<string, Promise<void>>()

  constructor(world: CommandsWorld) {
    this.#world = world
  }

  /** Frames that wait to be stored. */
  get waiting(): number {
    return this.#waiting
  }

  get isIdle(): boolean {
    return this.#waiting === 0
  }

  /** From now on every command is refused. */
  drain(): void {
    this.#isDraining = true
  }

  receive(incoming: Incoming, command: Command, fields: Checked): void {
    const no = this.#isTooMuch(incoming, command)
    if (no) return answer(incoming, no, null)
    const { code } = fields
    if (typeof code === 'string') {
      this.#byCode(incoming, command, fields, code).catch((error) => {
        this.#world.log.error('a code was not looked up', { error })
        answer(incoming, unavailable, null)
      })
      return
    }
    const { person } = incoming.peer
    const room = command.rules.in === 'desk' ? deskOf(person.id) : fields.room
    if (typeof room !== 'string') return answer(incoming, refuse('bad_frame', 'room: missing'), null)
    this.#enter(incoming, command, fields, room, null)
  }

  /** Whether there is such a command, of this version of ours. */
  knows(name: string): boolean {
    return this.#world.frames.get(name)?.kind === 'command'
  }

  /** On behalf of the server, or of somebody who is not connected. */
  submit(name: string, fields: Checked, actor: Actor = SYSTEM): Promise<Reply> {
    const command = this.#world.frames.get(name)
    if (command?.kind !== 'command') throw new Error(`no command ${name}`)
    const room = command.rules.in === 'desk' ? deskOf(actor.id) : fields.room
    if (typeof room !== 'string') throw new Error(`${name} without a room`)
    return new Promise((settle) =>
      this.#world.room(room).enqueue({ command, fields, actor, size: 0, settle }),
    )
  }

  #isTooMuch({ peer }: Incoming, command: Command): Reply | null {
    const { limits, settings } = this.#world
    if (this.#isDraining) return refuse('unavailable', 'The server is restarting.', 1000)
    if (this.#waiting >= settings.queueFrames || this.#waitingSize >= settings.queueBytes)
      return refuse('busy', 'Too much is waiting to be saved.', BUSY_RETRY)
    if (command.rules.weight !== 'message') return null
    const wait = limits.messages.take(peer.person.id) || limits.addresses.take(peer.link.address)
    if (wait > 0) return refuse('too_fast', 'Too many messages at once. Slow down a little.', wait)
    const waitForName = command.rules.claims ? limits.names.take(peer.person.id) : 0
    return waitForName > 0
      ? refuse('too_fast', 'Too many names at once. Keep this one for a while.', waitForName)
      : null
  }

  /**
   * [S10] Wrong codes are counted by person and by address, and look all the same. Those of one address are looked up
   * one after the other: a class that joins at once is not taken for somebody who guesses.
   */
  async #byCode(incoming: Incoming, command: Command, fields: Checked, code: string): Promise<void> {
    const { address } = incoming.peer.link
    const before = this.#lookups.get(address) ?? Promise.resolve()
    const mine = before.catch(() => undefined).then(() => this.#lookUp(incoming, command, fields, code))
    this.#lookups.set(address, mine)
    try {
      await mine
    } finally {
      if (this.#lookups.get(address) === mine) this.#lookups.delete(address)
    }
  }

  async #lookUp(incoming: Incoming, command: Command, fields: Checked, code: string): Promise<void> {
    const { codesByPerson, codesByAddress } = this.#world.limits
    const { person, link } = incoming.peer
    const waitOfPerson = codesByPerson.take(person.id)
    const wait = waitOfPerson || codesByAddress.take(link.address)
    // It was not their own try that was refused.
    if (wait > 0 && waitOfPerson === 0) codesByPerson.giveBack(person.id)
    if (wait > 0)
      return answer(incoming, refuse('too_fast', 'Too many wrong codes. Try again later.', wait), null)
    const room = await this.#world.store.resolve(code)
    if (room === null) return answer(incoming, refuse('not_found', 'There is no room with this code.'), null)
    codesByPerson.giveBack(person.id)
    codesByAddress.giveBack(link.address)
    this.#enter(incoming, command, fields, room, room)
  }

  /** `told`: the room's id, if the answer is to name it. */
  #enter(incoming: Incoming, command: Command, fields: Checked, room: string, told: string | null): void {
    const { peer, size } = incoming
    const { limits, people, settings } = this.#world
    const { person } = peer
    const isWayIn = command.rules.permit === 'anyone' && !person.rooms.has(room)
    if (isWayIn && person.rooms.size + person.entering >= settings.roomsPerPerson)
      return answer(
        incoming,
        refuse('limit', `You are in ${person.rooms.size} rooms. Leave one first.`),
        null,
      )
    const name = command.rules.claims?.(fields)
    if (name !== undefined && !people.hold(person.id, name)) {
      limits.names.giveBack(person.id)
      return answer(incoming, refuse('taken', 'Somebody here has this name already.'), null)
    }
    this.#waiting++
    this.#waitingSize += size
    if (isWayIn) person.entering++
    const settle = (reply: Reply) => {
      if (isWayIn) person.entering--
      this.#waiting--
      this.#waitingSize -= size
      if (name !== undefined) this.#settleName(person, name, reply)
      answer(incoming, reply, told)
    }
    this.#world.room(room).enqueue({ command, fields, actor: person, size, settle })
  }

  #settleName(person: Peer['person'], name: string, reply: Reply): void {
    const { people } = this.#world
    // Who bears it now is said by the commit itself, so that two renames at once end as they do on disk.
    if (reply.kind === 'refusal' && person.name !== name) people.release(person.id, name)
  }
}

const unavailable = refuse('unavailable', 'The message store does not answer. Nothing was saved.', 2000)

function answer(incoming: Incoming, reply: Reply, room: string | null): void {
  if (reply.kind === 'refusal') return incoming.no(reply.code, reply.why, reply.retry)
  incoming.ok(room === null ? `{"rev":${reply.rev}}` : `{"rev":${reply.rev},"room":${JSON.stringify(room)}}`)
}
