/**
 * What is asked of the reader in one turn of the loop goes to it in one message, and so do the answers: when a thousand
 * people come in, the messages would cost more than the reading. It never lets one wait for what is asked later.
 */

import type { Result } from './messages.ts'
import type { Thread } from './thread.ts'

/** Questions of one message: their answers, read in one piece, are a few MiB at most. */
const MOST = 32

interface Question {
  /** Name and arguments of a read. */
  read: readonly unknown[]
  resolve: (value: unknown) => void
  reject: (error: Error) => void
}

export class Questions {
  readonly #reader: Thread
  #waiting: Question[] = []

  constructor(reader: Thread) {
    this.#reader = reader
  }

  ask(read: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ read, resolve, reject }) === 1) setImmediate(() => this.send())
    })
  }

  /** What waits goes out now. */
  send(): void {
    while (this.#waiting.length > 0) {
      const questions = this.#waiting.splice(0, MOST)
      this.#reader.call(
        (error, value) => {
          // What crosses the port is what `answer` in `worker.ts` returned.
          const results = value as Result[] | null
          for (const [i, question] of questions.entries()) tell(question, error, results?.[i])
        },
        'reads',
        ...questions.map(({ read }) => read),
      )
    }
  }
}

function tell({ resolve, reject }: Question, error: Error | null, result: Result | undefined): void {
  const [own, value] = result ?? ['the store gave no answer', null]
  if (error !== null) reject(error)
  else if (own !== null) reject(new Error(own))
  else resolve(value)
}
