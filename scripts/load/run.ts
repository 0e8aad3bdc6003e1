/** The load test from the first login to the verdict. It prints nothing; it reports each second to whoever asked. */

import { nanoid } from 'nanoid'
import { arrive, reason } from './arrive.ts'
import type { Verdict } from './checker.ts'
import { audit } from './checker.ts'
import type { Member, Plan } from './member.ts'
import { Place } from './member.ts'
import type { Options } from './options.ts'
import { atRate, inFlight } from './pace.ts'
import { costOf } from './process.ts'
import type { Second } from './tally.ts'
import { Tally } from './tally.ts'
import { between, Watch } from './watch.ts'

/** How long the last messages may take to reach everybody, ms. */
const SETTLE = 15_000

export interface Result {
  options: Options
  tally: Tally
  verdict: Verdict
  seconds: Second[]
  /** People who got in. */
  members: number
  /** How long was sent, seconds. */
  sending: number
  /** Of the server while sending; `null`: not known. CPU in seconds. */
  server: { cpu: number; rss: number } | null
}

/** Runs until the time is over or `stop` is aborted. */
export async function run(
  options: Options,
  stop: AbortSignal,
  tell: (second: Second) => void,
): Promise<Result> {
  const tally = new Tally()
  const plan: Plan = { run: nanoid(8), size: options.size, tally, due: new Map() }
  const members: Member[] = []
  const pid = options.pid ?? (await askPid(options.url))
  const watch = new Watch(tally, members, pid, tell)
  const places = Array.from({ length: options.rooms }, () => new Place(plan.run))
  try {
    await arrive(options, plan, places, members, stop)
    watch.begin()
    const before = pid === null ? null : costOf(pid)
    const start = performance.now()
    const enough = AbortSignal.any([stop, AbortSignal.timeout(options.seconds * 1000)])
    if (members.length > 0 && !stop.aborted) await send(options, members, tally, enough)
    const sending = (performance.now() - start) / 1000
    const after = pid === null ? null : costOf(pid)
    await settle(places)
    return {
      options,
      tally,
      verdict: judge(places),
      seconds: watch.seconds,
      members: members.length,
      sending,
      server: between(before, after),
    }
  } finally {
    watch.end()
    for (const { client } of members) client.close()
  }
}

function send(options: Options, members: Member[], tally: Tally, stop: AbortSignal): Promise<void> {
  // Neighbours in turn are in different rooms already, as people were dealt out room by room.
  if (options.inFlight !== null) return inFlight(members, options.inFlight, stop)
  return atRate(members, options.rate ?? 0, tally, stop)
}

/** Waits until everybody has heard everything, or for a while. */
async function settle(places: Place[]): Promise<void> {
  const until = performance.now() + SETTLE
  const isBehind = ({ members, timeline }: Place): boolean =>
    members.some((member) => member.receiver.rev >= 0 && member.receiver.rev < timeline.end)
  while (places.some(isBehind) && performance.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function judge(places: Place[]): Verdict {
  const sum: Verdict = { lost: 0, doubled: 0, misordered: 0, skipped: 0, expected: 0 }
  for (const { timeline, members } of places) {
    const heard = members.filter((member) => member.receiver.rev >= 0)
    const one = audit(
      timeline,
      heard.map((member) => member.receiver),
      members.flatMap((member) => member.acked),
    )
    sum.lost += one.lost
    sum.doubled += one.doubled
    sum.misordered += one.misordered
    sum.skipped += one.skipped
    sum.expected += one.expected
  }
  return sum
}

/** The server's process, if it says so and is on this machine. Throws when there is no server. */
async function askPid(url: URL): Promise<number | null> {
  try {
    const answer = await fetch(new URL('/healthz', url), { signal: AbortSignal.timeout(5000) })
    const health: unknown = await answer.json().catch(() => null)
    const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
    if (!isLocal || typeof health !== 'object' || health === null || !('pid' in health)) return null
    return typeof health.pid === 'number' ? health.pid : null
  } catch (error) {
    throw new Error(`nothing answers at ${url.origin}: ${reason(error)}`)
  }
}
