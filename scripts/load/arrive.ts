/** Lets people in: log in, connect, enter a room; spread over the ramp and never too many at once. It sends no message. */

import { Client, logIn } from './client.ts'
import { FrameReader } from './frames.ts'
import type { Place, Plan } from './member.ts'
import { Member } from './member.ts'
import type { Options } from './options.ts'

/** People on their way in at the same time. */
const ARRIVING = 50

/** Everybody logs in, connects and enters, spread over the ramp. The first of each room makes it. */
export async function arrive(
  { url, clients, ramp, rooms }: Options,
  plan: Plan,
  places: Place[],
  members: Member[],
  stop: AbortSignal,
): Promise<void> {
  const start = performance.now()
  let next = 0
  const usher = async (): Promise<void> => {
    while (next < clients && !stop.aborted) {
      const number = next++
      const wait = start + (number / clients) * ramp * 1000 - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      await admit(url, plan, places[number % rooms]!, members, number)
    }
  }
  // The makers go first: nobody can join a room that has no code yet.
  for (let first = 0; first < rooms && !stop.aborted; first += ARRIVING) {
    const makers = Math.min(ARRIVING, rooms - first)
    next = first + makers
    await Promise.all(
      Array.from({ length: makers }, (_, n) => admit(url, plan, places[first + n]!, members, first + n)),
    )
  }
  await Promise.all(Array.from({ length: Math.min(ARRIVING, clients) }, usher))
}

async function admit(url: URL, plan: Plan, place: Place, members: Member[], number: number): Promise<void> {
  try {
    const client = new Client(url, await logIn(url), new FrameReader())
    await client.connect()
    const member = new Member(client, place, plan, number)
    await member.enter()
    members.push(member)
  } catch (error) {
    plan.tally.error(`coming in: ${reason(error)}`)
  }
}

/** Why something failed; `fetch` hides it in `cause`. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
