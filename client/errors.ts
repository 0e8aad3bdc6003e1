/** How a frame can fail, as errors to catch: refused by the server, or lost with the connection. */

import type { ErrorCode } from '../src/protocol.ts'

/** A `no`. The message is a sentence for a person. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly code: ErrorCode
  /** ms after which trying again makes sense; `null`: never. */
  readonly retry: number | null

  constructor(code: ErrorCode, why: string, retry: number | null = null) {
    super(why)
    this.code = code
    this.retry = retry
  }

  get why(): string {
    return this.message
  }
}

/** No answer came. If it was sent, nobody knows whether it was done. */
export class Lost extends Error {
  override readonly name = 'Lost'
  readonly wasSent: boolean

  constructor(why: string, wasSent: boolean) {
    super(why)
    this.wasSent = wasSent
  }
}
