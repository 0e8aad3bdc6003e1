/** A WebSocket that knows whose it is, so that its listeners need not be made for each of thousands. It decides nothing. */

import { WebSocket } from 'ws'

/** What hears of it. */
export interface Owner {
  /** A whole message. */
  hear(data: Buffer, isBinary: boolean): void
  /** Broken frames: `ws` has closed with 1002, 1007 or 1009 by then. Broken sockets: `end` follows. */
  fail(why: string): void
  /** The socket is gone. */
  end(): void
}

export class Client extends WebSocket {
  #owner: Owner | null = null

  /** Once. */
  listen(owner: Owner): void {
    this.#owner = owner
    this.on('message', heard)
    this.on('error', broken)
    this.on('close', ended)
  }

  get owner(): Owner | null {
    return this.#owner
  }
}

function heard(this: WebSocket, data: Buffer, isBinary: boolean): void {
  if (this instanceof Client) this.owner?.hear(data, isBinary)
}

function broken(this: WebSocket, error: Error): void {
  if (this instanceof Client) this.owner?.fail(error.message)
}

function ended(this: WebSocket): void {
  if (this instanceof Client) this.owner?.end()
}
