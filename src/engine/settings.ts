/** Every bound and interval that the engine keeps to, with its default. It reads no environment: the config fills it. */

import type { Rate } from '../state/bucket.ts'

export interface EngineSettings {
  /** The lifetime of a temporary message that clients are told to offer first; ms. */
  ttl: number
  /** ms between two rounds of the sweeper. */
  sweepEvery: number
  /** ms that a vanishing room outlives its last connection. */
  vanishGrace: number
  /** ms of absence after which a guest who never wrote is forgotten. */
  forgetGuestsAfter: number
  /** Frames that weigh `message` by person and by address, all frames by both, and new names; `null`: no limits. */
  rate: { person: Rate; address: Rate; light: Rate; lightByAddress: Rate; names: Rate } | null
  /** Wrong room codes per hour. */
  codeTries: { person: number; address: number }
  /** Unanswered frames per connection; above it reading pauses. */
  inFlight: number
  roomsPerPerson: number
  /** Frames and their bytes that may wait for the store; above either the answer is `busy`. */
  queueFrames: number
  queueBytes: number
  /** Unsent bytes of one connection: above these, signals are dropped and live frames stop; below the last, it is caught up. */
  signalBacklog: number
  liveBacklog: number
  resumeBacklog: number
  /** Bytes of a frame. */
  frame: number
  /** Changes after which coming back means a fresh window. */
  resumeChanges: number
  /** ms that a tombstone is kept. */
  tombstones: number
  /** Timeline records in a fresh window, and in a page of history at most. */
  window: number
}

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute

export const engineDefaults: EngineSettings = Object.freeze({
  ttl: 10 * second,
  sweepEvery: second,
  vanishGrace: minute,
  forgetGuestsAfter: 30 * day,
  rate: {
    person: { burst: 10, perSecond: 2 },
    // A school behind one address: a whole class writes at once.
    address: { burst: 1000, perSecond: 200 },
    light: { burst: 100, perSecond: 50 },
    lightByAddress: { burst: 5000, perSecond: 1000 },
    names: { burst: 10, perSecond: 0.1 },
  },
  codeTries: { person: 20, address: 300 },
  inFlight: 32,
  roomsPerPerson: 500,
  queueFrames: 2000,
  queueBytes: 4 * 1024 * 1024,
  signalBacklog: 64 * 1024,
  liveBacklog: 128 * 1024,
  resumeBacklog: 32 * 1024,
  frame: 64 * 1024,
  resumeChanges: 10_000,
  tombstones: 7 * day,
  window: 50,
})
