/** Case D: what deciding one `message.send` costs, without anything around it. No socket, no store. */

import { send } from '../../src/features/message.ts'
import { Draft } from '../../src/state/draft.ts'
import { Room } from '../../src/state/room.ts'
import type { Row } from './row.ts'

const ROUNDS = 9
/** Batches per round, and messages per batch: as many as a busy room takes at once. */
const BATCHES = 1000
const BATCH = 64

const ada = { id: 'ada-ada-ada-ada-ada-1', name: 'Ada' }
const moment = { at: 1_700_000_000_000, now: 1_700_000_000_000, id: () => 'never', code: () => 'never' }

/** Decided and laid over the room, so that the next one sees it. µs, the median round. */
export function decide(): Row[] {
  const rounds = Array.from({ length: ROUNDS }, round)
  const micros = rounds.sort((a, b) => a - b)[ROUNDS >> 1] ?? Number.NaN
  return [
    {
      what: 'D: deciding one `message.send`',
      ours: `${micros.toFixed(2)} µs`,
      bare: '–',
      ratio: '–',
      wanted: '≤ 2 µs',
      isReached: micros <= 2,
      notes: [],
    },
  ]
}

function round(): number {
  const room = new Room('bench')
  // Ids are minted by clients: making them is not part of the decision.
  const ids = Array.from({ length: BATCH }, (_, n) => `V1StGXR8_Z5jdHi6B-m${String(n).padStart(2, '0')}`)
  const body = 'a'.repeat(100)
  const start = performance.now()
  for (let batch = 0; batch < BATCHES; batch++) {
    const draft = new Draft(room)
    for (const id of ids) {
      const outcome = send.rules.run(draft, { room: 'bench', id, body, ttl: undefined }, ada, moment)
      if (Array.isArray(outcome)) draft.apply(outcome)
    }
    if (draft.rev !== BATCH) throw new Error('a message was refused')
  }
  return ((performance.now() - start) * 1000) / (BATCHES * BATCH)
}
