/**
 * Many people who come in, have a room open and say nothing: how soon are they in, and what does each of them cost? It
 * sends nothing but pongs once they are.
 */

import { nanoid } from 'nanoid'
import { logIn } from '../load/client.ts'
import type { Room } from './crowd.ts'
import { enter } from './crowd.ts'
import type { JobOf, Outcome } from './job.ts'
import { measure, need, pause } from './meter.ts'
import { Peer } from './peer.ts'

/** How they came in. */
export interface Arrival {
  /** From the first connection to the last `hello`; what came before it, logging in; both in seconds. */
  seconds: number
  logIns: number
  /** CPU seconds between the first connection and the last `hello`. */
  serverCpu: number
  generatorCpu: number
}

/** Log-ins and connections on their way at the same time. */
const LOGGING_IN = 50
const ARRIVING = 400
/** Connections from one address; then the next one, as servers count them. */
const PER_ADDRESS = 1500

export async function idle(job: JobOf<'idle'>): Promise<Outcome & { arrival: Arrival }> {
  const rssBefore = need(job.pid).rss
  const begin = performance.now()
  const tokens: string[] = []
  const url = new URL(`http://127.0.0.1:${job.port}`)
  const all = job.rooms * job.people
  if (job.kind === 'ours')
    await inTurn(all, LOGGING_IN, async (n) => {
      tokens[n] = await logIn(url)
    })
  const logIns = (performance.now() - begin) / 1000
  const readArrival = measure(job.pid)
  const rooms = await arrive(job, tokens)
  const { seconds, serverCpu, generatorCpu } = readArrival()
  if (job.kind === 'ours') await enter(rooms)
  const read = measure(job.pid)
  await pause(job.measure)
  const measured = read()
  const everybody = rooms.flatMap((room) => room.peers)
  const closed = everybody.filter((peer) => peer.closed !== null).length
  for (const peer of everybody) peer.close()
  return {
    ...measured,
    rssBefore,
    messages: 0,
    deliveries: 0,
    perFrame: null,
    p50: null,
    p99: null,
    faults: { closed },
    arrival: { seconds, logIns, serverCpu, generatorCpu },
  }
}

/** Everybody connects; ours is there when `hello` has come, with the bare server when the upgrade is answered. */
async function arrive({ kind, port, rooms, people }: JobOf<'idle'>, tokens: string[]): Promise<Room[]> {
  const made = Array.from({ length: rooms }, (): Room => ({ id: nanoid(), peers: [] }))
  await inTurn(rooms * people, ARRIVING, async (number) => {
    const room = made[Math.floor(number / people)]!
    const from = `127.0.0.${1 + Math.floor(number / PER_ADDRESS)}`
    const path = kind === 'ours' ? '/ws' : `/${room.id}`
    const peer = new Peer(number, { port, path, token: tokens[number] ?? null, from })
    room.peers[number % people] = peer
    const greeted = kind === 'ours' ? peer.talk(null, (frame) => frame.t === 'hello') : null
    await peer.opened
    await greeted
  })
  return made
}

/** So many `at` a time. */
async function inTurn(count: number, at: number, work: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(at, count) }, worker))
}
