/** What the bench asks of its generator, and what it gets back, as they travel between the two processes. */

import * as v from 'valibot'

/**
 * `ours` has everything on disk. Those that store nothing: `bare`, a `ws` server that sends a string to each; `once`,
 * one that encodes a message once for all; `net`, no library, and whole batches in one write. `kept` is `net` with a
 * thread that writes and fsyncs first. `disk` and `rested` are no servers, but a write and an fsync: over and over, and
 * after a pause.
 */
const kind = v.picklist(['ours', 'bare', 'once', 'net', 'kept', 'disk', 'rested'])
export type Kind = v.InferOutput<typeof kind>

const server = {
  kind,
  port: v.number(),
  /** Its process, whose CPU is measured over the same stretch of time. */
  pid: v.number(),
  rooms: v.number(),
  /** People per room. */
  people: v.number(),
}

export const job = v.variant('do', [
  /** As fast as it goes, with so many messages on their way in each room. */
  v.object({
    do: v.literal('flood'),
    ...server,
    inFlight: v.number(),
    /** Of them, so many of one sender. */
    each: v.number(),
    warmUp: v.number(),
    measure: v.number(),
  }),
  /** At a rate, in the first room, however fast the server is. */
  v.object({ do: v.literal('pace'), ...server, rate: v.number(), warmUp: v.number(), measure: v.number() }),
  /** The first person sends one message at a time, in the first room; timed is until the `ok`. */
  v.object({ do: v.literal('single'), ...server, warmUp: v.number(), measure: v.number() }),
  /** So many messages under way in all, of everybody in turn. */
  v.object({
    do: v.literal('turns'),
    ...server,
    inFlight: v.number(),
    warmUp: v.number(),
    measure: v.number(),
    door: v.optional(v.object({ room: v.string(), code: v.string() })),
  }),
  /** Everybody sits there. */
  v.object({ do: v.literal('idle'), ...server, measure: v.number() }),
])
export type Job = v.InferOutput<typeof job>
export type JobOf<D extends Job['do']> = Extract<Job, { do: D }>

const loop = v.object({
  /** Lateness of a timer, 99 of 100 times at most. */
  p99: v.number(),
  /** What writing to everybody took, on average. */
  fanOut: v.number(),
})
export type Loop = v.InferOutput<typeof loop>

export const outcome = v.object({
  /** Seconds really measured. */
  seconds: v.number(),
  messages: v.number(),
  deliveries: v.number(),
  /** Messages that came together in one frame, on average; `null`: not looked at. */
  perFrame: v.nullable(v.number()),
  /** CPU seconds in that time. */
  serverCpu: v.number(),
  generatorCpu: v.number(),
  /** Of everything else on the machine: where it is not near 0, other programs spoilt the measurement. */
  othersCpu: v.number(),
  /** Resident bytes of the server before anybody came, and at the end. */
  rssBefore: v.number(),
  rss: v.number(),
  /** ms from when a message was due to its arrival. */
  p50: v.nullable(v.number()),
  p99: v.nullable(v.number()),
  p999: v.optional(v.nullable(v.number())),
  /** That all receivers got, headers of frames and answers to senders included. */
  bytes: v.optional(v.nullable(v.number())),
  /** How late the main thread was, ms; `null` where the server does not tell. */
  loop: v.optional(v.nullable(loop)),
  /** What should be 0: refusals, holes, fresh windows, lost connections, receivers that did not get everything. */
  faults: v.record(v.string(), v.number()),
})
export type Outcome = v.InferOutput<typeof outcome>
