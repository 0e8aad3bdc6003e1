/**
 * The tiny router: finds a frame by its name, checks it, and hands it to those who answer it exactly once. What a
 * frame means is said by its feature.
 */

import * as v from 'valibot'
import type { Command, Query, Signal, Watch } from '../feature.ts'
import type { Commands } from './commands.ts'
import { readEnvelope } from './envelope.ts'
import { Incoming } from './incoming.ts'
import type { Limits } from './limits.ts'
import type { Meter } from './meter.ts'
import type { Peer } from './peer.ts'
import type { Views } from './views.ts'

export type Frame = Command | Query | Signal | Watch
export type Frames = ReadonlyMap<string, Frame>
/** What the checkers of a frame made of its fields. */
export type Checked = Record<string, unknown>

export class Router {
  readonly #frames: Frames
  readonly #checkers: ReadonlyMap<string, v.GenericSchema<unknown, Checked>>
  readonly #limits: Limits
  readonly #meter: Meter
  readonly #commands: Commands
  readonly #views: Views

  constructor(frames: Frames, limits: Limits, meter: Meter, commands: Commands, views: Views) {
    this.#frames = frames
    this.#checkers = new Map([...frames].map(([name, frame]) => [name, v.object(frame.fields)]))
    this.#limits = limits
    this.#meter = meter
    this.#commands = commands
    this.#views = views
  }

  receive(peer: Peer, text: string): void {
    const parsed = parse(text)
    const { name, ref, why } = readEnvelope(parsed)
    const incoming = new Incoming(peer, ref, text.length, this.#meter)
    const { frames, framesByAddress } = this.#limits
    const wait = frames.take(peer.person.id) || framesByAddress.take(peer.link.address)
    if (wait > 0) return incoming.no('too_fast', 'Too many frames. Slow down a little.', wait)
    if (parsed === undefined) return incoming.no('bad_frame', 'The frame is not JSON.')
    if (why !== null) return incoming.no('bad_frame', why)
    const frame = this.#frames.get(name)
    const checker = this.#checkers.get(name)
    if (!frame || !checker || isOurs(frame))
      return incoming.no('unknown_frame', 'There is no frame of this name.')
    incoming.name = frame.name
    const fields = v.safeParse(checker, parsed, quickly)
    if (!fields.success) return incoming.no('bad_frame', complaint(fields.issues))
    this.#dispatch(incoming, frame, fields.output)
  }

  #dispatch(incoming: Incoming, frame: Frame, fields: Checked): void {
    switch (frame.kind) {
      case 'command':
        return this.#commands.receive(incoming, frame, fields)
      case 'query':
        return this.#views.query(incoming, frame, fields)
      case 'signal':
        return this.#views.signal(incoming, frame, fields)
      case 'watch':
        return this.#views.watch(incoming, frame, fields)
    }
  }
}

const quickly = { abortEarly: true }

/** Only the server itself sends these. */
const isOurs = (frame: Frame): boolean => frame.kind === 'command' && frame.rules.permit === 'system'

/** `undefined`, which JSON cannot say, is “not JSON”. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Names the field and what was wanted, in one line. */
function complaint([issue]: readonly v.BaseIssue<unknown>[]): string {
  if (!issue) return 'The frame is malformed.'
  const path = issue.path?.map((item) => String(item.key)).join('.')
  const wanted = issue.message.endsWith('wanted') ? issue.message : 'something else wanted'
  if (!path) return `The frame: ${wanted}`
  return `${path}: ${issue.input === undefined ? 'missing' : wanted}`
}
