/** Brings people into rooms, for our server or the bare one, ready to be measured. It measures nothing itself. */

import { nanoid } from 'nanoid'
import { logIn } from '../load/client.ts'
import type { Kind } from './job.ts'
import { Peer } from './peer.ts'

export interface Wanted {
  kind: Kind
  port: number
  rooms: number
  /** People per room. */
  people: number
  /** A room that is there already, and the code to join it: everybody goes there. */
  door?: Door | undefined
}

export interface Door {
  room: string
  code: string
}

export interface Room {
  id: string
  /** In order of arrival; the last one is the last that a server writes to. */
  peers: Peer[]
}

/** People on their way in at the same time. */
const ARRIVING = 50
/** Connections from one address; then the next one, as servers count them. */
const PER_ADDRESS = 1500

export async function gather({ kind, port, rooms, people, door }: Wanted): Promise<Room[]> {
  const made = Array.from({ length: rooms }, (): Room => ({ id: door?.room ?? nanoid(), peers: [] }))
  const all = rooms * people
  const peers: Peer[] = []
  await inTurn(all, async (number) => {
    const room = made[Math.floor(number / people)]!
    const token = kind === 'ours' ? await logIn(new URL(`http://127.0.0.1:${port}`)) : null
    const from = `127.0.0.${1 + Math.floor(number / PER_ADDRESS)}`
    const path = kind === 'ours' ? '/ws' : `/${room.id}`
    const peer = new Peer(number, { port, path, token, from })
    peers[number] = peer
    const greeted = kind === 'ours' ? peer.talk(null, (frame) => frame.t === 'hello') : null
    await peer.opened
    await greeted
  })
  for (const [n, room] of made.entries()) room.peers = peers.slice(n * people, (n + 1) * people)
  if (kind === 'ours') await enter(made, door)
  return made
}

/** All join before anybody opens, so that a thousand arrivals are not told to a thousand. */
export async function enter(rooms: Room[], door?: Door): Promise<void> {
  const codes: string[] = []
  await inTurn(rooms.length, async (n) => {
    const { id, peers } = rooms[n]!
    codes[n] = door?.code ?? (await makeRoom(id, peers[0]!)).code
  })
  const people = rooms.flatMap(({ id, peers }, n) => peers.map((peer) => ({ peer, id, code: codes[n] })))
  // Whoever made the room is in it already; joining again changes nothing.
  await inTurn(people.length, (n) => ask(people[n]!.peer, { t: 'room.join', code: people[n]!.code }))
  await inTurn(people.length, (n) => ask(people[n]!.peer, { t: 'room.open', room: people[n]!.id }))
  // What is heard from here on counts.
  for (const { peer } of people) peer.clear()
}

/** Returns the code of the new room, and the rev where it stands. */
export async function makeRoom(room: string, maker: Peer): Promise<{ code: string; rev: number }> {
  await ask(maker, { t: 'room.create', room, name: 'Bench' })
  const open = { t: 'room.open', ref: 0, room }
  const window = await maker.talk(open, (frame) => frame.t === 'sync' && frame.room === room)
  await ask(maker, { t: 'room.close', room })
  const { rev } = maker
  maker.rev = -1
  return { code: codeIn(window), rev }
}

let ref = 0

function ask(peer: Peer, frame: Record<string, unknown>): Promise<unknown> {
  const mine = ++ref
  return peer.talk({ ...frame, ref: mine }, (heard) => heard.t === 'ok' && heard.ref === mine)
}

function codeIn(sync: unknown): string {
  if (typeof sync === 'object' && sync !== null && 'put' in sync && Array.isArray(sync.put)) {
    for (const record of sync.put) if (typeof record?.code === 'string') return record.code
  }
  throw new Error('the window came without a room and its code')
}

/** `ARRIVING` at a time. */
async function inTurn(count: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(ARRIVING, count) }, worker))
}
