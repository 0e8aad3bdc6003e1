/**
 * A healthy connection that sends once a second in a room of its own while others misbehave, and measures its answers.
 * It lives in a process of its own: what it waits for is the server, never those who misbehave.
 */

import type { ChildProcess } from 'node:child_process'
import { fork } from 'node:child_process'
import type { Stage } from './stage.ts'
import { quantile } from './stage.ts'

/** What its process must know. */
export interface Song {
  port: number
  name: string
  seed: number
  /** ms between two messages. */
  every: number
}

/** What its process tells. */
export interface Report {
  /** ms from a message to its `ok`; `null`: there was none. */
  took: number | null
  lost: number
  isIn: boolean
}

export class Canary {
  /** ms from each message to its `ok`. */
  readonly times: number[] = []
  /** How often its connection was lost. */
  lost = 0
  isIn = false
  /** It has come in. Rejects when its process ends before. */
  readonly ready: Promise<void>
  readonly #child: ChildProcess

  constructor(song: Song) {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.#child = fork(new URL('./canary-process.ts', import.meta.url), [JSON.stringify(song)])
    this.#child.on('message', (report: Report) => {
      this.#hear(report)
      resolve()
    })
    this.#child.once('exit', (code) => {
      if (!this.#child.killed) this.lost += 1
      reject(new Error(`the canary ended with ${code}`))
    })
  }

  get p99(): number {
    return quantile(this.times, 0.99)
  }

  stop(): void {
    this.#child.kill('SIGKILL')
  }

  #hear({ took, lost, isIn }: Report): void {
    if (took !== null) this.times.push(took)
    this.lost = lost
    this.isIn = isIn
  }
}

export async function startCanary(
  stage: Stage,
  port: number,
  every = 1000,
  name = 'canary',
): Promise<Canary> {
  const canary = new Canary({ port, name, seed: stage.size.seed, every })
  stage.atEnd(() => canary.stop())
  await canary.ready
  return canary
}
