/** Somebody who floods a server from one address with all the tabs they can get, in a thread of their own. */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Flooding {
  port: number
  /** Address that it all comes from. */
  from: string
  /** Of the people who flood together, and how many tabs each has. */
  tokens: readonly string[]
  tabs: number
  room: string
  code: string
}

/** How often a tab tried to come in, was not let in, and was cut off. */
export interface Counts {
  tries: number
  refused: number
  cut: number
}

export class Flooder {
  readonly #worker: Worker

  constructor(flooding: Flooding) {
    this.#worker = new Worker(new URL('./flood-worker.ts', import.meta.url), { workerData: flooding })
  }

  async stop(): Promise<Counts> {
    this.#worker.postMessage('stop')
    const [counts] = await once(this.#worker, 'message')
    return counts as Counts
  }
}
