/** `GET /healthz` and `GET /readyz`: what a supervisor or balancer asks. It says nothing about people. */

import type { Answer } from './answer.ts'
import { json } from './answer.ts'

/** What does not change while the server runs. */
export interface About {
  version: string
  synchronous: 'full' | 'normal'
}

export type Condition = 'starting' | 'ready' | 'draining'

/** It lives. */
export function health({ version, synchronous }: About): Answer {
  return json(200, { status: 'ok', version, pid: process.pid, synchronous })
}

/** It may be sent people: not yet while it starts, no more while it stops. */
export function readiness(condition: Condition): Answer {
  return json(condition === 'ready' ? 200 : 503, { status: condition })
}
