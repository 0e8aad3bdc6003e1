/** Case F: what a connection costs that sits in a room and says nothing. */

import type { Patience } from './calm.ts'
import { duel } from './duel.ts'
import type { Outcome } from './job.ts'
import type { Row } from './row.ts'
import { count, faultsOf } from './row.ts'

/** People per room. */
const PEOPLE = 50
/** How long they sit, ms. */
const SIT = 5000

/** `connections` is a multiple of 50. */
export async function idlers(connections: number, patience: Patience): Promise<Row[]> {
  const both = await duel(
    { do: 'idle', rooms: connections / PEOPLE, people: PEOPLE, measure: SIT },
    1,
    patience,
  )
  const each = ({ rss, rssBefore }: Outcome): number => (rss - rssBefore) / connections
  const ours = each(both.ours[0]!)
  const bare = each(both.bare[0]!)
  return [
    {
      what: `F: memory per idle connection, ${count(connections)} in rooms of ${PEOPLE}`,
      ours: `${(ours / 1024).toFixed(1)} KiB`,
      bare: `${(bare / 1024).toFixed(1)} KiB`,
      ratio: `${(ours / bare).toFixed(2)} ×`,
      wanted: 'measured',
      isReached: null,
      notes: faultsOf(both),
    },
  ]
}
