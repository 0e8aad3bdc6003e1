/** A worker as the main thread sees it: calls that are answered or fail. It never waits and never throws. */

import { Worker } from 'node:worker_threads'
import { asError } from './error.ts'
import type { Duty, Reply, Request } from './messages.ts'

export type Answered = (error: Error | null, value: unknown) => void

/**
 * MiB for what lives shortly, which is nearly all that a thread makes: texts on their way out of the database. By
 * default it lets 48 MiB of them gather before it looks.
 */
const YOUNG = 6

export class Thread {
  readonly #worker: Worker
  readonly #pending = new Map<number, Answered>()
  readonly #onFailure: (error: Error) => void
  readonly #ended: Promise<void>
  #last = 0
  #failure: Error | null = null
  #isClosing = false

  /** `onFailure` is called once, when the thread dies without having been closed. */
  constructor(duty: Duty, onFailure: (error: Error) => void) {
    this.#onFailure = onFailure
    // Flags meant for the main script (such as that it comes from `--eval`) would keep a worker from starting.
    const options = { workerData: duty, execArgv: [], resourceLimits: { maxYoungGenerationSizeMb: YOUNG } }
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), options)
    this.#worker.on('message', (reply: Reply) => this.#hear(reply))
    this.#worker.on('messageerror', (error) => this.#fail(asError(error)))
    this.#worker.on('error', (error) => this.#fail(asError(error)))
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#fail(new Error(`the store's thread ended with code ${code}`))
        resolve()
      })
    })
  }

  /** `answered` is called exactly once, and never before this returns. */
  call(answered: Answered, op: string, ...args: unknown[]): void {
    const failure = this.#failure ?? this.#post(answered, [++this.#last, op, ...args])
    if (failure !== null) queueMicrotask(() => answered(failure, null))
  }

  /** The same as a promise. */
  ask(op: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.call((error, value) => (error === null ? resolve(value) : reject(error)), op, ...args)
    })
  }

  /** Ends the thread after what it was asked so far. Rejects when it could not close its files. */
  async close(): Promise<void> {
    const wasAlive = this.#failure === null
    this.#isClosing = true
    if (wasAlive) await this.ask('close').finally(() => this.#worker.terminate())
    await this.#ended
  }

  /** Ends the thread in the middle of whatever it does, as a crash would. */
  kill(): void {
    void this.#worker.terminate()
  }

  #post(answered: Answered, request: Request): Error | null {
    this.#pending.set(request[0], answered)
    try {
      this.#worker.postMessage(request)
      return null
    } catch (error) {
      this.#pending.delete(request[0])
      return asError(error)
    }
  }

  #hear([n, error, value]: Reply): void {
    const answered = this.#pending.get(n)
    this.#pending.delete(n)
    answered?.(error === null ? null : new Error(error), value)
  }

  #fail(error: Error): void {
    if (this.#failure !== null) return
    this.#failure = error
    // First, so that a process that ends now tells nobody “not saved” of what may be on disk.
    if (!this.#isClosing) this.#onFailure(error)
    const pending = [...this.#pending.values()]
    this.#pending.clear()
    for (const answered of pending) answered(error, null)
  }
}
