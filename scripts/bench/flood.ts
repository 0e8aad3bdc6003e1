/** As fast as it goes: each sender sends its next message when its last has come back. It reads no message. */

import type { Room } from './crowd.ts'
import { gather } from './crowd.ts'
import type { JobOf, Kind, Outcome } from './job.ts'
import { watchLoop } from './loop.ts'
import { measure, need, pause } from './meter.ts'
import type { Peer } from './peer.ts'
import { messageOf } from './peer.ts'

/** How long the last deliveries may take, ms. */
const SETTLE = 10_000

export async function flood(job: JobOf<'flood'>): Promise<Outcome> {
  const rssBefore = need(job.pid).rss
  const rooms = await gather(job)
  const everybody = rooms.flatMap((room) => room.peers)
  let own = 0
  let seq = 0
  let isOver = false
  for (const room of rooms) {
    for (const peer of senders(room, job.inFlight / job.each)) {
      peer.onOwn = () => {
        own++
        if (!isOver) peer.write(messageOf(peer.number, seq++, room.id))
      }
      for (let n = 0; n < job.each; n++) peer.write(messageOf(peer.number, seq++, room.id))
    }
  }
  await pause(job.warmUp)
  const look = job.kind === 'ours' ? await watchLoop(job.port) : null
  const read = measure(job.pid)
  const before = { own, frames: framesOf(everybody), bytes: bytesOf(everybody) }
  await pause(job.measure)
  const messages = own - before.own
  const frames = framesOf(everybody) - before.frames
  const bytes = bytesOf(everybody) - before.bytes
  const measured = read()
  const loop = look === null ? null : await look()
  isOver = true
  const faults = await settle(rooms, job.kind, () => seq - own)
  for (const peer of everybody) peer.close()
  const deliveries = messages * job.people
  const perFrame = deliveries / Math.max(1, frames)
  return { ...measured, rssBefore, messages, deliveries, perFrame, bytes, loop, ...untimed, faults }
}

const untimed = { p50: null, p99: null, p999: null }

/** Frames that carried messages, to everybody together. */
function framesOf(peers: readonly Peer[]): number {
  return peers.reduce((sum, peer) => sum + peer.syncs + peer.echoes, 0)
}

export function bytesOf(peers: readonly Peer[]): number {
  return peers.reduce((sum, peer) => sum + peer.bytes, 0)
}

/** Evenly spread over the room. */
function senders({ peers }: Room, inFlight: number): Peer[] {
  const step = peers.length / Math.min(inFlight, peers.length)
  return Array.from({ length: Math.min(inFlight, peers.length) }, (_, n) => peers[Math.floor(n * step)]!)
}

/** Waits until all has arrived, then looks whether everybody has had everything. */
export async function settle(
  rooms: Room[],
  kind: Kind,
  unanswered: () => number,
): Promise<Record<string, number>> {
  const until = performance.now() + SETTLE
  while ((unanswered() > 0 || rooms.some((room) => !isEven(room, kind))) && performance.now() < until) {
    await pause(50)
  }
  const everybody = rooms.flatMap((room) => room.peers)
  const sum = (of: (peer: Peer) => number): number => everybody.reduce((all, peer) => all + of(peer), 0)
  return {
    unanswered: unanswered(),
    uneven: rooms.filter((room) => !isEven(room, kind)).length,
    refused: sum((peer) => peer.noes),
    gaps: sum((peer) => peer.gaps),
    resets: sum((peer) => peer.resets),
    closed: sum((peer) => (peer.closed === null ? 0 : 1)),
  }
}

/** Ours: all stand at the same rev, which nobody reaches without having had what is before. The others: the same number. */
function isEven({ peers }: Room, kind: Kind): boolean {
  const place = (peer: Peer): number => (kind === 'ours' ? peer.rev : peer.echoes)
  const first = place(peers[0]!)
  return peers.every((peer) => place(peer) === first)
}
