/** Decides who sends when: at a rate whatever the server does, or so many on their way at any time. It reads no answers. */

import type { Member } from './member.ts'
import type { Tally } from './tally.ts'

/** How finely a rate is kept, ms. */
const TICK = 2
/** Unanswered messages over which nothing more is sent; what falls due meanwhile is left out and counted. */
const MOST_UNANSWERED = 20_000
/** How long nobody sends when everybody's connection is full or gone, ms. */
const BREATHER = 50

/** Sends at an even rate until `stop` is aborted. Each member in turn. */
export async function atRate(
  members: readonly Member[],
  rate: number,
  tally: Tally,
  stop: AbortSignal,
): Promise<void> {
  const start = performance.now()
  const next = takeTurns(members)
  const pending = new Set<Promise<void>>()
  let count = 0
  while (!stop.aborted) {
    const now = performance.now()
    for (let due = start + (count / rate) * 1000; due <= now; due = start + (++count / rate) * 1000) {
      const member = pending.size < MOST_UNANSWERED ? next() : null
      if (member === null) tally.heldBack++
      else {
        const sending = member.send(due).finally(() => pending.delete(sending))
        pending.add(sending)
      }
    }
    await new Promise((resolve) => setTimeout(resolve, TICK))
  }
  await Promise.all(pending)
}

/** Keeps `inFlight` messages on their way until `stop` is aborted. */
export async function inFlight(
  members: readonly Member[],
  inFlight: number,
  stop: AbortSignal,
): Promise<void> {
  const next = takeTurns(members)
  const loop = async (): Promise<void> => {
    while (!stop.aborted) {
      const member = next()
      if (member === null) await new Promise((resolve) => setTimeout(resolve, BREATHER))
      else await member.send(performance.now())
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop))
}

/** The next member whose connection can take a frame; `null` when there is none. */
function takeTurns(members: readonly Member[]): () => Member | null {
  let turn = 0
  return () => {
    for (let tried = 0; tried < members.length; tried++) {
      const { client } = members[turn]!
      const member = members[turn]!
      turn = (turn + 1) % members.length
      if (client.isOpen && client.inFlight < client.hello.limits.inFlight) return member
    }
    return null
  }
}
