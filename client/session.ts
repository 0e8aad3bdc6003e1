/** Questions and answers over a connection that may go away: every question gets an answer, a no, or `Lost`. */

import type { Answered, FrameName, Sent } from '../src/features/index.ts'
import type { ServerFrame } from '../src/protocol.ts'
import { bytesOf } from '../src/state/text.ts'
import { Lost, Refused } from './errors.ts'

/** Frames in flight that are left for signals and the heartbeat. */
const SPARE = 2

export interface SessionHost {
  /** `false`: there is no connection. */
  send(text: string): boolean
}

interface Question {
  ref: number
  text: string
  // As methods: the server is trusted to answer what the protocol says.
  resolve(data: unknown): void
  reject(error: Error): void
}

export class Session {
  readonly #host: SessionHost
  readonly #asked = new Map<number, Question>()
  #waiting: Question[] = []
  #isOpen = false
  #ref = 0
  #inFlight = 1
  /** Bytes. */
  #frame = Number.POSITIVE_INFINITY

  constructor(host: SessionHost) {
    this.#host = host
  }

  /** Resolves with the data of the `ok`; rejects with `Refused` or `Lost`. */
  ask<N extends FrameName>(name: N, fields: Sent<N>): Promise<Answered<N>> {
    return new Promise((resolve, reject) => {
      if (!this.#isOpen) return reject(new Lost('There is no connection.', false))
      const ref = ++this.#ref
      const text = write(name, fields, ref)
      // The server would cut the connection, and a resend would cut the next one.
      if (bytesOf(text) > this.#frame) return reject(new Refused('bad_frame', 'This is too long to be sent.'))
      this.#waiting.push({ ref, text, resolve, reject })
      this.#sendWaiting()
    })
  }

  /** For what needs no answer. Lost without a connection. */
  tell<N extends FrameName>(name: N, fields: Sent<N>): void {
    this.#host.send(write(name, fields))
  }

  /** Makes the server say something, at once. */
  probe(): void {
    this.#host.send(write('beat', {}, ++this.#ref))
  }

  opened(limits: { inFlight: number; frame: number }): void {
    this.#isOpen = true
    this.#inFlight = Math.max(1, limits.inFlight - SPARE)
    this.#frame = limits.frame
  }

  lost(): void {
    this.#isOpen = false
    const [asked, waiting] = [[...this.#asked.values()], this.#waiting]
    this.#asked.clear()
    this.#waiting = []
    for (const question of asked) question.reject(new Lost('The connection went before the answer.', true))
    for (const question of waiting)
      question.reject(new Lost('The connection went before this was sent.', false))
  }

  hear(frame: Extract<ServerFrame, { t: 'ok' | 'no' }>): void {
    const question = frame.ref === null ? undefined : this.#asked.get(frame.ref)
    if (!question) return
    this.#asked.delete(question.ref)
    if (frame.t === 'ok') question.resolve(frame.data)
    else question.reject(new Refused(frame.code, frame.why, frame.retry))
    this.#sendWaiting()
  }

  #sendWaiting(): void {
    while (this.#asked.size < this.#inFlight) {
      const question = this.#waiting.shift()
      if (!question) return
      this.#asked.set(question.ref, question)
      this.#host.send(question.text)
    }
  }
}

function write(name: string, fields: object, ref?: number): string {
  return JSON.stringify({ t: name, ref, ...fields })
}
