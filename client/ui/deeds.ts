/** What can be done with a message, with its failures brought next to it. It draws nothing. */

import type { OpenRoom, Sending } from '../api.ts'
import { Lost, Refused } from '../errors.ts'
import { sentenceOf } from './navigation.ts'
import type { Page } from './page.ts'

/** ms for which a message says what went wrong. */
const SHOWN = 8_000

export type Deeds = ReturnType<typeof deedsIn>

export function deedsIn(page: Page, open: OpenRoom) {
  const say = (message: string, error: unknown) => {
    page.trouble(message, sentenceOf(error))
    setTimeout(() => page.trouble(message, null), SHOWN)
  }
  /** A refused command is given up, and the reason stands at the message for a while. */
  const attempt = (message: string, send: () => Sending) => {
    const why = refusalOf(() => {
      const { id, stored } = send()
      stored.catch((error: unknown) => {
        if (error instanceof Lost) return // given up by hand
        open.discard(id)
        say(message, error)
      })
    })
    if (why) say(message, why)
  }
  return {
    react: (message: string, emoji: string, on: boolean) =>
      attempt(message, () => open.react(message, emoji, on)),
    pin: (message: string, on: boolean) => attempt(message, () => open.pin(message, on)),
    remove(message: string) {
      if (page.editing.value?.message === message) page.editing.value = null
      attempt(message, () => open.remove(message))
    },
    edit(message: string, body: string) {
      page.editing.value = { room: open.id, message, body }
    },
    markUnread: (message: string) => open.markUnread(message),
    retry: (pending: string) => open.retry(pending),
    discard: (pending: string) => open.discard(pending),
  }
}

/** What is refused before it is even sent, when too much waits already; `null`: it is on its way. */
export function refusalOf(send: () => void): Refused | null {
  try {
    send()
    return null
  } catch (error) {
    if (error instanceof Refused) return error
    throw error
  }
}
