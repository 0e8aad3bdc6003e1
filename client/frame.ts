/** A text from the server as a frame. What no version of ours would send is ignored, never an error. */

import type { ServerFrame } from '../src/protocol.ts'

/** A frame that a newer server may send is `null`, as is anything that is none. */
export function readFrame(data: unknown): ServerFrame | null {
  if (typeof data !== 'string') return null
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return null // A broken text says nothing; the heartbeat finds out what was missed.
  }
  return isFrame(value) ? value : null
}

const known: ReadonlySet<unknown> = new Set<ServerFrame['t']>([
  'hello',
  'sync',
  'ok',
  'no',
  'signal',
  'bump',
  'beat',
  'bye',
])

/** The server is trusted to fill the frames that it names as SPEC.md says. */
function isFrame(value: unknown): value is ServerFrame {
  return typeof value === 'object' && value !== null && 't' in value && known.has(value.t)
}
