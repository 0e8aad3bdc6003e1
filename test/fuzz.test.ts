/**
 * People who do anything at any moment and whose connections break at any moment: in the end everybody sees the same,
 * and it is what the store holds. Every feature has its move here. A failing seed is kept by name below.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SyncFrame } from '../src/protocol.ts'
import type { WireRecord } from '../src/state/records.ts'
import { keyOf } from '../src/state/records.ts'
import { Room } from '../src/state/room.ts'
import type { Seat, TestParlour } from './support/parlour.ts'
import { mint, parlour, settle } from './support/parlour.ts'
import type { Random } from './support/random.ts'
import { random, seeds } from './support/random.ts'
import { fileStore } from './support/store.ts'

const SEEDS = 300
const MOVES = 60
const PEOPLE = ['ada', 'bob', 'cal'] as const
const EMOJI = ['👍', '❤️', '🎉']

/** A person with one device that remembers what it was told, also while it is offline. */
class Device {
  readonly user: string
  room: Room
  seat: Seat | null = null
  /** Left and came back: it may have asked to open the room before it was let in again. */
  wasAway = false
  /** Answers not yet in. */
  readonly asked: Promise<unknown>[] = []
  #read = 0

  constructor(user: string, room: string) {
    this.user = user
    this.room = new Room(room)
  }

  async connect(house: TestParlour): Promise<void> {
    this.seat = await house.again(this.user)
    this.#read = 0
    const since = this.room.rev > 0 ? { since: this.room.rev, epoch: this.seat.hello.epoch } : {}
    this.do('room.open', since)
  }

  /** Whatever was under way stays unanswered, as when a connection breaks. */
  drop(): void {
    this.listen()
    this.seat?.leave()
    this.seat = null
    this.asked.length = 0
  }

  do(frame: string, fields: object): void {
    if (this.seat) this.asked.push(this.seat.ask(frame, { room: this.room.id, ...fields }))
  }

  /** Takes in the syncs that have come. */
  listen(): void {
    if (!this.seat) return
    const { heard } = this.seat
    for (; this.#read < heard.length; this.#read++) {
      const frame = heard[this.#read]
      if (frame?.t === 'sync' && frame.room === this.room.id) this.#apply(frame)
    }
  }

  /** The server never lets a connection see a gap, and never says anything twice. */
  #apply(sync: SyncFrame): void {
    const before = this.room.rev
    const applied = this.room.apply(sync)
    assert.equal(applied, 'applied', `${this.user} at ${before} was told ${sync.from}–${sync.rev}`)
  }
}

interface Game {
  house: TestParlour
  chance: Random
  room: string
  code: string
  devices: Device[]
  /** Ids of messages that somebody has tried to send, with their bodies. */
  sent: { id: string; body: string; by: string }[]
}

type Move = (game: Game, device: Device) => Promise<void> | void

const moves: Record<string, Move> = {
  send({ chance, sent }, device) {
    const message = { id: mint(), body: `${device.user} says ${chance.below(1000)}`, by: device.user }
    sent.push(message)
    device.do('message.send', {
      ...message,
      ...(chance.chance(0.15) && { ttl: 1_000 + chance.below(3_000) }),
    })
  },
  burst(game, device) {
    for (let n = 0; n < 8; n++) moves.send?.(game, device)
  },
  resend({ chance, sent }, device) {
    if (sent.length > 0) device.do('message.send', chance.pick(sent))
  },
  edit({ chance, sent }, device) {
    if (sent.length > 0)
      device.do('message.edit', { id: chance.pick(sent).id, body: `edited ${chance.below(99)}` })
  },
  remove({ chance, sent }, device) {
    if (sent.length > 0) device.do('message.delete', { id: chance.pick(sent).id })
  },
  react({ chance, sent }, device) {
    if (sent.length === 0) return
    const fields = { message: chance.pick(sent).id, emoji: chance.pick(EMOJI) }
    device.do(chance.chance(0.7) ? 'reaction.add' : 'reaction.remove', fields)
  },
  pin({ chance, sent }, device) {
    if (sent.length > 0)
      device.do(chance.chance(0.6) ? 'pin.add' : 'pin.remove', { message: chance.pick(sent).id })
  },
  rename({ chance }, device) {
    device.do('member.rename', { name: `${device.user} ${chance.below(1_000_000)}` })
  },
  read({ chance }, device) {
    device.do('read.mark', { rev: chance.below(device.room.rev + 1), back: chance.chance(0.2) })
  },
  typing(_, device) {
    device.do('typing', {})
  },
  leaveAndReturn({ code }, device) {
    device.wasAway = true
    device.do('room.leave', {})
    device.do('room.join', { room: undefined, code })
    device.do('room.open', {})
  },
  drop(_, device) {
    device.drop()
  },
  async reconnect({ house }, device) {
    if (!device.seat) await device.connect(house)
  },
  slow(_, device) {
    if (device.seat) device.seat.fill(1_000_000)
  },
  drain(_, device) {
    device.seat?.drain()
  },
  wait({ house, chance }) {
    house.clock.advance(chance.below(1_500))
  },
}
const names = Object.keys(moves)

async function play(house: TestParlour, seed: number): Promise<void> {
  const game = await begin(house, seed)
  for (let n = 0; n < MOVES; n++) {
    const device = game.chance.pick(game.devices)
    await moves[game.chance.pick(names)]?.(game, device)
    // Some moves meet in one batch, some while the store works, some after it.
    for (let turns = game.chance.below(4); turns > 0; turns--) await new Promise(setImmediate)
    if (game.chance.chance(0.2)) await house.store.roomsOf('')
    for (const one of game.devices) one.listen()
  }
  await converge(game)
  const truth = await stored(game)
  for (const device of game.devices) compare(device, truth)
  for (const device of game.devices) device.drop()
}

async function begin(house: TestParlour, seed: number): Promise<Game> {
  const room = mint()
  const devices = PEOPLE.map((name) => new Device(`${name}-${String(seed).padStart(4, '0')}`, room))
  const [ada, ...others] = devices
  assert.ok(ada)
  ada.seat = await house.again(ada.user)
  await ada.seat.ok('room.create', { room, name: `Fuzz ${seed}` })
  await ada.seat.open(room)
  ada.listen()
  const code = ada.room.get('room', room)?.code ?? ''
  for (const device of others) {
    device.seat = await house.again(device.user)
    await device.seat.ok('room.join', { code })
    await device.seat.open(room)
    device.listen()
  }
  return { house, chance: random(seed), room, code, devices, sent: [] }
}

/** Everybody is back, in the room, fast again, and has heard all there is. */
async function converge({ house, devices, code, room }: Game): Promise<void> {
  for (const device of devices) {
    if (!device.seat) await device.connect(house)
    device.seat?.drain()
    await Promise.all(device.asked)
    await device.seat?.ok('room.join', { code })
  }
  // Names reach the room, and what is temporary expires; after that nothing changes any more.
  while ((await house.store.jobs(1)).length > 0) await settle(house.store)
  house.clock.advance(5_000)
  while ((await house.store.expired(house.clock.now(), 1)).length > 0) {
    house.clock.advance(1_000)
    await settle(house.store)
  }
  for (const device of devices) if (device.wasAway) await device.seat?.open(device.room.id)
  // How long that takes depends on the machine; a device that never gets there fails the comparison.
  for (let round = 0; round < 300; round++) {
    const at = await house.store.load(room, [])
    for (const device of devices) device.listen()
    if (devices.every((device) => device.room.rev === at?.rev)) return
    await settle(house.store)
  }
}

async function stored({ house, room }: Game): Promise<Room> {
  const truth = new Room(room)
  const page = await house.store.changes(room, 0, 10_000, 100_000, house.clock.now())
  assert.ok(page && !page.more)
  const records: WireRecord[] = JSON.parse(`[${Buffer.from(page.records)}]`)
  truth.apply({ from: 0, rev: page.rev, put: records, del: [] })
  return truth
}

/** What a device shows is what the store has: nothing lost, doubled, out of order, stale or left over. */
function compare({ user, room }: Device, truth: Room): void {
  const where = `as ${user} sees it`
  assert.equal(room.rev, truth.rev, where)
  assert.deepEqual(
    room.timeline(),
    truth.timeline().filter((record) => record.born >= room.floor),
    where,
  )
  assert.deepEqual(new Set(room.all('pin')), new Set(truth.all('pin')), where)
  for (const message of room.timeline()) {
    const hanging = (of: Room) => new Map(of.hanging(message.id).map((one) => [keyOf(one.type, one.id), one]))
    assert.deepEqual(hanging(room), hanging(truth), where)
    // A member may be unknown here, who was not in the window and has written since: clients ask for them by id.
    const author = message.type === 'message' ? room.get('member', message.by) : undefined
    if (author) assert.deepEqual(author, truth.get('member', author.id), `the author ${where}`)
  }
  assert.deepEqual(room.get('room', room.id), truth.get('room', room.id), where)
}

test('[P3][P4][R10] people whose connections break at any moment all see what the store holds', async (t) => {
  // A real file: its reader is another thread than its writer, so that reads and commits overtake one another.
  const { store } = await fileStore(t)
  const house = await parlour(t, { store })
  for (const seed of seeds(SEEDS)) {
    try {
      await play(house, seed)
    } catch (error) {
      throw new Error(`seed ${seed} (FUZZ_SEED=${seed} node --test test/fuzz.test.ts)`, { cause: error })
    }
  }
  assert.equal(house.log.of('a command failed').length, 0)
  assert.deepEqual(
    house.log.lines.filter((line) => line.level === 'error'),
    [],
  )
})
