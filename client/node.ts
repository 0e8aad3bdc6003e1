/** The client library for bots and scripts: `import { connect } from 'parlour/client'`. */

import { WebSocket } from 'ws'
import type { Chat } from './api.ts'
import { createChat } from './chat.ts'
import type { Dial } from './socket.ts'

export type * from './api.ts'
export { Lost, Refused } from './errors.ts'

/** Says who it is by token, which browsers cannot do. */
export const dialNode: Dial = (url, token) =>
  new WebSocket(url, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })

/**
 * Connects as a new guest of that name, or as whoever the token says. Rejects with `Refused` when the server does not
 * let it in; waits for a server that is not there yet.
 */
export function connect(url: string, options: { name?: string; token?: string } = {}): Promise<Chat> {
  return createChat({ url, dial: dialNode, proof: 'token', ...options }).ready()
}
