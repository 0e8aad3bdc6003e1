/** A contest of two: ours and the bare `ws` server. It adds nothing to it. */

import type { Patience } from './calm.ts'
import type { Task } from './contest.ts'
import { contest } from './contest.ts'
import type { Outcome } from './job.ts'

export interface Duel {
  ours: Outcome[]
  bare: Outcome[]
}

export async function duel(task: Task, rounds: number, patience: Patience): Promise<Duel> {
  const both = await contest(task, ['bare', 'ours'], rounds, patience)
  return { ours: both.all('ours'), bare: both.all('bare') }
}
