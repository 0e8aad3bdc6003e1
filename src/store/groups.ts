/**
 * Group commit: while the writer is at work on one group, whatever comes is the next. Everything of a group shares
 * one transaction and one fsync; it never reorders.
 */

import type { Result } from './messages.ts'
import type { Thread } from './thread.ts'

/** Batches in one transaction. */
const GROUP_SIZE = 1000

export type Written = (error: Error | null, value: unknown) => void

interface Item {
  /** Name and arguments of a write. */
  write: readonly unknown[]
  written: Written
}

export class Groups {
  readonly #writer: Thread
  #waiting: Item[] = []
  #isBusy = false
  #whenIdle: (() => void)[] = []

  constructor(writer: Thread) {
    this.#writer = writer
  }

  /** `written` is called exactly once, after the fsync, and never before this returns. */
  add(write: readonly unknown[], written: Written): void {
    this.#waiting.push({ write, written })
    if (this.#isBusy) return
    this.#isBusy = true
    // Whatever the same turn of the event loop still brings goes along.
    queueMicrotask(() => this.#send())
  }

  /** When everything that was added is written. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isBusy) this.#whenIdle.push(resolve)
      else resolve()
    })
  }

  #send(): void {
    const group = this.#waiting.splice(0, GROUP_SIZE)
    this.#isBusy = group.length > 0
    if (!this.#isBusy) {
      for (const resolve of this.#whenIdle.splice(0)) resolve()
      return
    }
    this.#writer.call(
      (error, value) => {
        // The next group first, so that the disk is at work while we tell about this one.
        this.#send()
        // What crosses the port is what `runGroup` returns.
        const results = value as Result[] | null
        for (const [i, item] of group.entries()) tell(item, error, results?.[i])
      },
      'group',
      ...group.map((item) => item.write),
    )
  }
}

function tell({ written }: Item, error: Error | null, result: Result | undefined): void {
  const [own, value] = result ?? [null, null]
  if (error !== null) written(error, null)
  else if (own !== null) written(new Error(own), null)
  else written(null, value)
}
