/** The client library in one object: connection, people, rooms and outbox. It touches no DOM. */

import type { Chat } from './api.ts'
import type { Clock } from './clock.ts'
import type { OutboxStorage } from './outbox-storage.ts'
import type { Dial } from './socket.ts'

export interface ChatOptions {
  /** Of the server: `http:` or `https:`. */
  url: string
  dial: Dial
  storage?: OutboxStorage
  /** Comes in as this person, and never logs in as another. */
  token?: string
  /** Wished for when logging in; without it the server gives one. */
  name?: string
  fetch?: typeof fetch
  clock?: Clock
  /** From 0 to 1, for jitter. */
  random?: () => number
}

export function createChat(options: ChatOptions): Chat {
  throw new Error(`the chat at ${options.url} is being built`)
}
