/** Ours and the bare server in turn, the same job for both, several rounds; what counts is the median. It prints nothing. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Patience } from './calm.ts'
import type { Job, Outcome } from './job.ts'
import { outcome } from './job.ts'
import type { Server } from './servers.ts'
import { runScript, startBare, startOurs } from './servers.ts'

/** A generator that takes longer than this, ms, is ended. */
const LIMIT = 180_000

type Bare<J> = J extends Job ? Omit<J, 'kind' | 'port' | 'pid'> : never
export type Task = Bare<Job>

export interface Duel {
  ours: Outcome[]
  bare: Outcome[]
}

/** CPU of other programs above which a round is not to be trusted, share of one core. */
const DISTURBED = 0.15

/**
 * Alternating, so that whatever else the machine does meets both. Rounds in which other programs were at work are done
 * again, but never more than twice as many as wanted; they count only where there is no other.
 */
export async function duel(task: Task, rounds: number, patience: Patience): Promise<Duel> {
  const all: Duel = { ours: [], bare: [] }
  for (let round = 0; round < 2 * rounds && !isEnough(all, rounds); round++) {
    await patience.calm()
    all.bare.push(await against(await startBare(), task))
    await patience.calm()
    all.ours.push(await withFolder(async (folder) => against(await startOurs(folder), task)))
  }
  return { ours: calmest(all.ours), bare: calmest(all.bare) }
}

const isEnough = ({ ours, bare }: Duel, rounds: number): boolean =>
  [ours, bare].every((side) => side.filter((round) => !isDisturbed(round)).length >= rounds)

function calmest(all: Outcome[]): Outcome[] {
  const calm = all.filter((round) => !isDisturbed(round))
  return calm.length > 0 ? calm : all
}

export const isDisturbed = ({ othersCpu, seconds }: Outcome): boolean => othersCpu / seconds > DISTURBED

/** The middle one by a figure; of an even number, the lower. */
export function median<T>(all: readonly T[], of: (one: T) => number): T {
  const sorted = [...all].sort((a, b) => of(a) - of(b))
  const middle = sorted[(sorted.length - 1) >> 1]
  if (middle === undefined) throw new Error('there is no median of nothing')
  return middle
}

/** A fresh folder, gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'parlour-bench-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function against(server: Server, task: Task): Promise<Outcome> {
  try {
    const { kind, port, pid } = server
    const out = await runScript('generator.ts', JSON.stringify({ ...task, kind, port, pid }), LIMIT)
    return v.parse(outcome, JSON.parse(out))
  } finally {
    await server.stop()
  }
}
