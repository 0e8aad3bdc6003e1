/** What waits for a room to decide it, in order, and how much of it is one batch. It decides nothing. */

import type { Task } from './task.ts'

/** Tasks of one batch. */
const MOST_TASKS = 512
/** Characters of the frames of one batch, which is one frame to everybody. */
const MOST_SIZE = 256 * 1024

export class Queue {
  #tasks: Task[] = []
  /** Of all their frames, UTF-16 units. */
  #size = 0

  get length(): number {
    return this.#tasks.length
  }

  /** The next batch has no space for more. */
  get isFull(): boolean {
    return this.#tasks.length >= MOST_TASKS || this.#size >= MOST_SIZE
  }

  add(task: Task): void {
    this.#tasks.push(task)
    this.#size += task.size
  }

  /** They come first again, in the same order. */
  putBack(tasks: readonly Task[]): void {
    this.#tasks.unshift(...tasks)
    this.#size += sizeOf(tasks)
  }

  /** The next batch; `isApart`: a single task. At least one, if any waits. */
  take(isApart: boolean): Task[] {
    const batch = this.#tasks.splice(0, isApart ? 1 : this.#batchLength())
    this.#size -= sizeOf(batch)
    return batch
  }

  /** All of them: nothing waits any more. */
  drain(): Task[] {
    const all = this.#tasks
    this.#tasks = []
    this.#size = 0
    return all
  }

  #batchLength(): number {
    let size = 0
    const end = this.#tasks.findIndex((task, n) => {
      size += task.size
      return n === MOST_TASKS || size > MOST_SIZE
    })
    return end < 0 ? this.#tasks.length : Math.max(1, end)
  }
}

const sizeOf = (tasks: readonly Task[]): number => tasks.reduce((sum, { size }) => sum + size, 0)
