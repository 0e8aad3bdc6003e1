/** The little that is wanted of a WebSocket: the browser's and that of `ws` have it both. */

export interface Socket {
  addEventListener(type: 'message', hear: (event: { data: unknown }) => void): void
  addEventListener(type: 'close', hear: (event: { code: number }) => void): void
  addEventListener(type: 'error', hear: () => void): void
  send(text: string): void
  close(): void
}

/** Begins to connect. `url` begins with `ws:` or `wss:`; a `token` goes into the `Authorization` header. */
export type Dial = (url: string, token: string | null) => Socket

/** In a browser the cookie says who it is: scripts cannot set headers of a WebSocket. */
export const dialBrowser: Dial = (url) => new WebSocket(url)
