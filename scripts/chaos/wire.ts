/** The little of the protocol that the chaos clients read for themselves, so that they share no bug with the library. */

import type { ServerFrame } from '../../src/protocol.ts'
import type { History, Seen } from './history.ts'

/** What the server says is under test: a frame of another shape shows further on. `null`: it is not JSON. */
export function readFrame(text: string): ServerFrame | null {
  try {
    return JSON.parse(text) as ServerFrame
  } catch {
    // Only damaged files can make the server say such a thing; whoever reads it counts it.
    return null
  }
}

/** To a frame with a `ref`. `gone`: the connection ended before. */
export type Answer =
  | { kind: 'ok'; data: object }
  | { kind: 'no'; code: string; retry: number | null }
  | { kind: 'gone' }

interface Record {
  type: string
  id: string
  born: number
  body: string
  by: string
  edited: number | null
  code: string | null
}

/** The messages among records, the lowest place in the timeline, and the room's code if it is there. */
export function messagesOf(
  records: readonly unknown[],
  history: History,
): { seen: Seen[]; lowest: number; code: string | null } {
  const seen: Seen[] = []
  let lowest = Number.MAX_SAFE_INTEGER
  let code: string | null = null
  for (const record of records as readonly Record[]) {
    if (record.type === 'room') code = record.code
    if (record.type === 'message' || record.type === 'notice') lowest = Math.min(lowest, record.born)
    if (record.type === 'message' && typeof record.body === 'string') seen.push(history.see(record))
  }
  return { seen, lowest, code }
}

/** A guest of that name. Rejects on anything but a 200. */
export async function logIn(port: number, name: string): Promise<{ person: string; token: string }> {
  const response = await fetch(`http://127.0.0.1:${port}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
    signal: AbortSignal.timeout(30_000),
  })
  const answer = (await response.json()) as { user?: { id: string }; token?: string; why?: string }
  if (!answer.user || !answer.token) throw new Error(`POST /login answered ${response.status}: ${answer.why}`)
  return { person: answer.user.id, token: answer.token }
}
