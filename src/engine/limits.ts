/** Every rate that the engine keeps people and addresses to. It only names them: a `Limit` does the counting. */

import type { Rate } from '../state/bucket.ts'
import { Limit } from '../state/limit.ts'
import type { Clock } from './ports.ts'
import type { EngineSettings } from './settings.ts'

export type { Limit }

export interface Limits {
  /** Frames that weigh `message`, by person and by address. */
  readonly messages: Limit
  readonly addresses: Limit
  /** All frames, by person and by address. */
  readonly frames: Limit
  readonly framesByAddress: Limit
  /** Names that one person takes: each is told in all of their rooms. */
  readonly names: Limit
  /** Signals of one kind, by person and room: passed on, and as good as passed on beyond it. */
  readonly signals: Limit
  /** Wrong room codes. */
  readonly codesByPerson: Limit
  readonly codesByAddress: Limit
}

export function makeLimits(clock: Clock, { rate, codeTries }: EngineSettings): Limits {
  const limit = (wanted: Rate | undefined) => new Limit(() => clock.elapsed(), wanted ?? null)
  return {
    messages: limit(rate?.person),
    addresses: limit(rate?.address),
    frames: limit(rate?.light),
    framesByAddress: limit(rate?.lightByAddress),
    names: limit(rate?.names),
    signals: limit(rate === null ? undefined : { burst: 1, perSecond: 1 }),
    codesByPerson: limit(perHour(codeTries.person)),
    codesByAddress: limit(perHour(codeTries.address)),
  }
}

/** So many in an hour. */
const perHour = (times: number): Rate => ({ burst: times, perSecond: times / 3600 })
