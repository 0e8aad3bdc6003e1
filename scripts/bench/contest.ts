/** Several servers in turn, the same job for each, several rounds. It prints nothing and judges nothing. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import type { Patience } from './calm.ts'
import type { Job, Kind, Outcome } from './job.ts'
import { outcome } from './job.ts'
import type { Round } from './rounds.ts'
import { Rounds } from './rounds.ts'
import type { Server } from './servers.ts'
import { runScript, startBare, startOurs } from './servers.ts'

/** A generator that takes longer than this, ms, is ended: ten thousand people take minutes on a busy machine. */
const LIMIT = 600_000

/** ms between two writes of one who keeps but a message at a time: what all but the disk may cost of each. */
const PAUSE = 0.5

type Bare<J> = J extends Job ? Omit<J, 'kind' | 'port' | 'pid'> : never
export type Task = Bare<Job>

/**
 * Alternating, so that whatever else the machine does meets all, and each round begins with another. Rounds in which
 * other programs were at work are done again, but never more than twice as many as wanted; a single one never is.
 */
export async function contest(
  task: Task,
  kinds: readonly Kind[],
  wanted: number,
  patience: Patience,
): Promise<Rounds> {
  const rounds: Round[] = []
  const most = wanted === 1 ? 1 : 2 * wanted
  const calm = (): number => rounds.filter((round) => !Rounds.isDisturbed(round)).length
  while (rounds.length < most && calm() < wanted) {
    const round = new Map<Kind, Outcome>()
    for (const [n] of kinds.entries()) {
      const kind = kinds[(n + rounds.length) % kinds.length]!
      await patience.calm()
      round.set(kind, await against(kind, task))
    }
    rounds.push(round)
  }
  return new Rounds(rounds)
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

async function against(kind: Kind, task: Task): Promise<Outcome> {
  switch (kind) {
    case 'ours':
      return withFolder(async (folder) => perform(await startOurs(folder), task))
    case 'kept':
      return withFolder(async (folder) => perform(await startBare(kind, folder), task))
    case 'disk':
    case 'rested':
      return withFolder((folder) =>
        read('one-fsync.ts', { folder, time: task.measure, pause: kind === 'disk' ? 0 : PAUSE }),
      )
    case 'bare':
    case 'once':
    case 'net':
      return perform(await startBare(kind), task)
  }
}

/** Ends the server afterwards. */
export async function perform(server: Server, task: Task): Promise<Outcome> {
  try {
    const { kind, port, pid } = server
    return await read('generator.ts', { ...task, kind, port, pid })
  } finally {
    await server.stop()
  }
}

/** The outcome that a script prints. */
async function read(script: string, argument: unknown): Promise<Outcome> {
  return v.parse(outcome, JSON.parse(await runScript(script, JSON.stringify(argument), LIMIT)))
}
