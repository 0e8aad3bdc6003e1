/** Every bound and interval of the network side, with its default. It reads no environment: the config fills it. */

import type { Rate } from '../state/bucket.ts'

/** Whose `X-Forwarded-*` headers count: of proxies on this machine, of nobody, or of these addresses and subnets. */
export type TrustProxy = 'loopback' | 'none' | readonly string[]

export interface NetSettings {
  trustProxy: TrustProxy
  /** Who may read `/metrics`: this machine itself, nobody, or everybody. */
  metrics: 'local' | 'off' | 'all'
  /** Origins trusted like our own, such as that of our page behind a proxy that rewrites the host. It adds no CORS. */
  allowOrigin: readonly string[]
  /** Open sockets at most; above, the upgrade is answered with 503. */
  connectionsPerAddress: number
  connectionsPerPerson: number
  connections: number
  /** Log-ins of one address; `null`: no limit. A school sits behind one address, so the burst is a whole school. */
  logins: Rate | null
  /** Openings of a socket, by person and by address; `null`: no limit. */
  upgrades: { person: Rate; address: Rate } | null
  /** Frames that say nothing (pings, fragments, empty messages) of one connection. */
  idleFrames: Rate
  /** Messages of one connection, before it counts as a flood: more than the engine refuses politely. `null`: no limit. */
  messages: Rate | null
  /** Texts of one address; beyond, its sockets wait unread. More than the engine refuses politely. `null`: no limit. */
  texts: Rate | null
  /** ms between two pings, ± a fifth by chance. */
  pingEvery: number
  /** ms after a ping within which some byte must arrive. */
  pingAnswer: number
  /** ms that a message may stay unfinished. */
  unfinished: number
  /**
   * Unsent bytes below which a peer has caught up. Above, it must take some within `stalled` ms: the engine may have
   * paused it until then, and nobody who is paused can show another sign of life.
   */
  resumeBacklog: number
  stalled: number
  /** ms between two looks at whether the session of an open socket still holds. */
  sessionCheck: number
  /** ms from our close frame to the end of the socket, whatever the peer does. */
  closeTimeout: number
  /** Bytes of a frame, its fragments, and the pieces in which one frame may arrive. */
  frame: number
  fragments: number
  chunks: number
  /** Bytes of an HTTP body and of all headers. */
  httpBody: number
  httpHeaders: number
  /** ms for the headers and for a whole request. */
  headersTimeout: number
  requestTimeout: number
}

const second = 1000
const KiB = 1024

export const netDefaults: NetSettings = Object.freeze({
  trustProxy: 'loopback',
  metrics: 'local',
  allowOrigin: [],
  connectionsPerAddress: 2000,
  connectionsPerPerson: 50,
  connections: 10_000,
  logins: { burst: 300, perSecond: 0.5 },
  // A page with many tabs comes back at once, and so does a whole school after a restart.
  upgrades: { person: { burst: 20, perSecond: 1 }, address: { burst: 3000, perSecond: 100 } },
  idleFrames: { burst: 200, perSecond: 20 },
  messages: { burst: 2000, perSecond: 400 },
  texts: { burst: 5000, perSecond: 2000 },
  pingEvery: 25 * second,
  pingAnswer: 10 * second,
  unfinished: 30 * second,
  resumeBacklog: 32 * KiB,
  stalled: 60 * second,
  sessionCheck: 3600 * second,
  closeTimeout: second,
  frame: 64 * KiB,
  fragments: 64,
  chunks: 1024,
  httpBody: 4 * KiB,
  httpHeaders: 16 * KiB,
  headersTimeout: 8 * second,
  requestTimeout: 30 * second,
})
