/**
 * Holds a history against what a chat promises and names every fault. Pure: the same history gives the same faults.
 * Rooms that nobody wrote to by an operation are not looked at.
 */

import { Faults } from './fault.ts'
import type { History, Operation, Reading, Seen } from './history.ts'
import { checkStreams } from './streams.ts'

/** ms within which somebody who has left may still hear what was on its way (S3). */
const LEAVING = 1000

/** All about one message that operations say. */
export interface Intent {
  readonly send: Operation | null
  readonly all: readonly Operation[]
}

/** What is known of one room. */
export interface Room {
  readonly id: string
  readonly operations: Operation[]
  readonly readings: Reading[]
  readonly intents: Map<string, Intent>
  /** The last look at the whole of it. */
  readonly final: Reading | null
  /** The place of each message, by the first who saw it. */
  readonly born: Map<string, number>
}

type Recorded = Pick<History, 'operations' | 'readings' | 'memberships'>

export function check(history: Recorded): Faults {
  const faults = new Faults()
  for (const room of roomsOf(history)) {
    checkPlaces(room, faults)
    checkOutcomes(room, faults)
    checkOrder(room, faults)
    checkFreshness(room, faults)
    checkStreams(room, faults)
  }
  checkMembers(history, faults)
  return faults
}

/** Whether an operation may have been done. */
const mayBe = (operation: Operation) => operation.outcome !== 'refused'

function roomsOf({ operations, readings }: Recorded): Room[] {
  const ofRoom = Map.groupBy(readings, (reading) => reading.room)
  return [...Map.groupBy(operations, (operation) => operation.room)].map(([id, own]) => {
    const heard = ofRoom.get(id) ?? []
    const intents = new Map<string, Intent>()
    for (const [message, all] of Map.groupBy(own, (operation) => operation.id))
      intents.set(message, { all, send: all.find(({ what }) => what === 'send') ?? null })
    const whole = heard.filter(({ how, from }) => how === 'history' && from === 0)
    return { id, operations: own, readings: heard, intents, final: whole.at(-1) ?? null, born: new Map() }
  })
}

/** Everybody sees the same message in the same place, and only what was sent. */
function checkPlaces(room: Room, faults: Faults): void {
  const places = new Map<number, string>()
  const told = new Set<Seen>()
  const contents = new Map<string, string>()
  for (const reading of room.readings) {
    for (const seen of reading.seen) {
      if (told.has(seen)) continue
      told.add(seen)
      const { id, born, hash } = seen
      const why = strangeness(seen, room.intents.get(id))
      if (why !== null) faults.add('phantom', `${room.id}/${id}, seen by ${reading.ear}: ${why}`)
      const place = room.born.get(id) ?? born
      room.born.set(id, place)
      if (place !== born) faults.add('doubled', `${room.id}/${id} was born at ${place} and at ${born}`)
      const other = places.get(born) ?? id
      places.set(born, other)
      if (other !== id) faults.add('divergent', `${room.id} at ${born}: ${other} and ${id} (${reading.ear})`)
      if (seen.isEdited) continue
      const before = contents.get(id) ?? hash
      contents.set(id, before)
      if (before !== hash) faults.add('divergent', `${room.id}/${id}: two contents, unedited`)
    }
  }
}

/** Why nobody can have meant this; `null`: somebody did. */
function strangeness(seen: Seen, intent: Intent | undefined): string | null {
  if (!intent) return 'nobody sent it'
  if (intent.all.some((operation) => operation.who !== seen.by)) return `its author is not ${seen.by}`
  const meant = intent.all.filter(({ hash }) => hash === seen.hash)
  if (meant.length === 0) return 'nobody wrote this text'
  return meant.some(mayBe) ? null : 'it was refused'
}

/** What was acknowledged is there, once, where the `ok` said, in its last form. */
function checkOutcomes(room: Room, faults: Faults): void {
  const { final } = room
  for (const { outcome, what, id, rev } of room.operations) {
    const born = room.born.get(id)
    if (outcome === 'ok' && what === 'send' && born !== undefined && born !== rev)
      faults.add('wrong rev', `${room.id}/${id}: ok said ${rev}, born at ${born}`)
  }
  if (!final) return
  const there = new Map(final.seen.map((seen) => [seen.id, seen]))
  const texts = new Set<string>()
  for (const { hash, id } of final.seen) {
    if (texts.has(hash)) faults.add('doubled', `${room.id}/${id}: its text stands there twice`)
    texts.add(hash)
  }
  for (const [id, { all, send }] of room.intents) {
    const known = all.filter(({ answered }) => answered === null || answered < final.begun)
    const seen = there.get(id)
    const gone = known.find(({ what, outcome }) => what === 'delete' && outcome === 'ok')
    const mayBeGone = known.some((operation) => operation.what === 'delete' && mayBe(operation))
    if (seen && gone) faults.add('undone', `${room.id}/${id}: deleted, and there again`)
    if (!seen && !mayBeGone && send?.outcome === 'ok' && known.includes(send))
      faults.add('lost', `${room.id}/${id}, ok at ${send.rev}`)
    if (seen && !isLastForm(seen, known)) faults.add('undone', `${room.id}/${id}: the last edit is not there`)
  }
}

/** The last acknowledged text, or one that came after it without an answer. */
function isLastForm(seen: Seen, known: readonly Operation[]): boolean {
  const written = known.filter((operation) => operation.hash !== null && mayBe(operation))
  const last = written.findLastIndex(({ outcome }) => outcome === 'ok')
  return written.length === 0 || written.slice(Math.max(0, last)).some(({ hash }) => hash === seen.hash)
}

/** What one client instance sent one after the other stands there one after the other. */
function checkOrder(room: Room, faults: Faults): void {
  const newest = new Map<string, [born: number, id: string]>()
  for (const { what, ear, id } of room.operations) {
    const born = room.born.get(id)
    if (what !== 'send' || born === undefined) continue
    const before = newest.get(ear)
    if (before && born < before[0])
      faults.add('inverted', `${room.id}: ${id} at ${born} was sent after ${before[1]} at ${before[0]}`)
    else newest.set(ear, [born, id])
  }
}

/** A look into the history shows all that was acknowledged before it was asked for. */
function checkFreshness(room: Room, faults: Faults): void {
  const { final } = room
  const done = room.operations.filter(({ what, outcome }) => what === 'send' && outcome === 'ok')
  for (const reading of room.readings) {
    // What the last one lacks is lost.
    if (reading.how !== 'history' || reading === final) continue
    const there = new Set(reading.seen.map(({ id }) => id))
    for (const { id, rev, answered } of done) {
      if (rev === null || rev <= reading.from || answered === null || answered >= reading.begun) continue
      const isGone = room.intents
        .get(id)
        ?.all.some(({ what, sent }) => what === 'delete' && sent < reading.at)
      if (!there.has(id) && !isGone)
        faults.add(
          'stale',
          `${room.id}/${id}, ok at ${rev}: ${reading.ear} read up to ${reading.rev} without it`,
        )
    }
  }
}

/** Nobody is told of a room they are not in. */
function checkMembers({ readings, memberships, operations }: Recorded, faults: Faults): void {
  const rooms = new Set(operations.map(({ room }) => room))
  const stays = Map.groupBy(memberships, ({ person, room }) => `${person} ${room}`)
  for (const { person, room, ear, begun, at, how } of readings) {
    if (!rooms.has(room)) continue
    const isIn = stays.get(`${person} ${room}`)?.some(({ from, to }) => {
      return from <= at && (to === null || begun - (how === 'history' ? 0 : LEAVING) <= to)
    })
    if (!isIn) faults.add('leaked', `${room} to ${ear}`)
  }
}
