/** Case H: how soon somebody who is alone on the server has an `ok`, next to the one fsync that it cannot do without. */

import { contest } from './contest.ts'
import type { Figure, Rounds } from './rounds.ts'
import type { Row } from './row.ts'
import { names, signed, troubles, within } from './row.ts'
import type { Scale } from './traffic.ts'

/** What may come on top of the disk, ms. */
const MORE = 0.5

const p50: Figure = (outcome) => outcome.p50 ?? Number.NaN
const p99: Figure = (outcome) => outcome.p99 ?? Number.NaN
const ms = (n: number): string => `${n.toFixed(2)} ms`

export async function alone({ rounds: wanted, warmUp, measure, patience }: Scale): Promise<Row[]> {
  const task = { do: 'single', rooms: 1, people: 2, warmUp, measure } as const
  const rounds = await contest(task, ['disk', 'rested', 'net', 'ours'], wanted, patience)
  const there = [p50, p99].map((figure) => ms(figure(rounds.median('net', figure))))
  const wire = `There and back through raw \`net\`, which waits for no disk: p50 ${there.join(', p99 ')}.`
  return [
    rowOf('p50', 'disk', rounds, p50, [wire, ...troubles(rounds)]),
    rowOf('p50', 'rested', rounds, p50, []),
    rowOf('p99', 'disk', rounds, p99, []),
    rowOf('p99', 'rested', rounds, p99, []),
  ]
}

/** What counts is how much later than the disk alone, in the same round. */
function rowOf(
  quantile: string,
  than: 'disk' | 'rested',
  rounds: Rounds,
  figure: Figure,
  notes: string[],
): Row {
  const more = rounds.difference('ours', than, figure)
  return {
    what: `H: one sender, one message at a time: \`ok\` after, ${quantile}`,
    ours: ms(figure(rounds.median('ours', figure))),
    bare: ms(figure(rounds.median(than, figure))),
    than: names[than],
    ratio: within(more, (n) => signed(n, 2), ' ms'),
    wanted: `≤ +${MORE} ms`,
    isReached: more.middle <= MORE,
    notes,
  }
}
