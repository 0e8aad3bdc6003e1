/** A TCP proxy on loopback through which all kinds of bad network come. It knows no protocol. */

import { once } from 'node:events'
import type { Server, Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

/** What one connection goes through. */
export interface Weather {
  /** ms that each piece is held back. */
  latency: number
  /** Bytes per second; 0: as fast as it goes. */
  rate: number
  /** Every piece byte by byte (the first so many of it, so that it ends). */
  slices: number
  /** Nothing passes in this direction, and nobody is told. */
  isHeldUp: boolean
  isHeldDown: boolean
  /** Reset after so many bytes in either direction; `null`: never. */
  resetAfter: number | null
  /** The connection is refused. */
  isRefused: boolean
}

export const fair: Readonly<Weather> = Object.freeze({
  latency: 0,
  rate: 0,
  slices: 0,
  isHeldUp: false,
  isHeldDown: false,
  resetAfter: null,
  isRefused: false,
})

/** Bytes that pass at once while the rate is limited or pieces are sliced. */
const PIECE = 16 * 1024
/** ms between two looks whether the way is free again. */
const LOOK = 20

export class FaultProxy {
  readonly port: number
  /** Connections so far. */
  accepted = 0
  /** Decides the weather of each connection as it comes. */
  weather: () => Weather = () => ({ ...fair })
  /** Something that what the server says goes through. */
  meddle: (() => Transform) | null = null
  readonly #server: Server
  readonly #open = new Map<Socket, Weather>()

  constructor(server: Server, port: number, target: () => number) {
    this.#server = server
    this.port = port
    server.on('connection', (client) => this.#serve(client, target()))
  }

  get size(): number {
    return this.#open.size
  }

  /** Another weather for connections that are open: those for which it answers one. */
  change(into: (now: Weather) => Weather | null): void {
    for (const [client, weather] of this.#open) {
      const next = into(weather)
      if (next?.isRefused) client.resetAndDestroy()
      else if (next) Object.assign(weather, next)
    }
  }

  async close(): Promise<void> {
    for (const client of this.#open.keys()) client.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #serve(client: Socket, target: number): void {
    this.accepted += 1
    const weather = this.weather()
    client.on('error', () => client.destroy())
    if (weather.isRefused) return void client.resetAndDestroy()
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true })
    client.setNoDelay(true)
    this.#open.set(client, weather)
    server.on('error', () => client.resetAndDestroy())
    client.once('close', () => {
      this.#open.delete(client)
      server.destroy()
    })
    server.once('close', () => client.destroySoon())
    const passed = { bytes: 0 }
    const down = this.meddle === null ? server : server.pipe(this.meddle())
    void flow(client, server, weather, () => weather.isHeldUp, passed, client)
    void flow(down, client, weather, () => weather.isHeldDown, passed, client)
  }
}

export async function openProxy(target: () => number): Promise<FaultProxy> {
  const server = createServer({ pauseOnConnect: false, noDelay: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port')
  return new FaultProxy(server, address.port, target)
}

/** From one side to the other until either ends. Reading one piece at a time makes the sender feel the weather. */
async function flow(
  from: Socket | Transform,
  to: Socket,
  weather: Weather,
  isHeld: () => boolean,
  passed: { bytes: number },
  client: Socket,
): Promise<void> {
  try {
    for await (const chunk of from as AsyncIterable<Buffer>) {
      for (let at = 0; at < chunk.length; ) {
        while (isHeld() && !client.destroyed) await sleep(LOOK)
        const { latency, rate, resetAfter } = weather
        const piece = chunk.subarray(
          at,
          at + (rate > 0 ? Math.max(1, Math.min(PIECE, rate / 10)) : chunk.length),
        )
        at += piece.length
        if (latency > 0) await sleep(latency)
        if (rate > 0) await sleep((piece.length / rate) * 1000)
        const left = resetAfter === null ? piece.length : Math.max(0, resetAfter - passed.bytes)
        if (left < piece.length) {
          to.write(piece.subarray(0, left), () => client.resetAndDestroy())
          return
        }
        passed.bytes += piece.length
        await pass(to, piece, weather.slices)
      }
    }
  } catch {
    // One side was reset; the other follows below.
  }
  if (from !== client || to.writable) to.end()
}

async function pass(to: Socket, piece: Buffer, slices: number): Promise<void> {
  let at = 0
  for (; at < Math.min(slices, piece.length); at += 1) {
    to.write(piece.subarray(at, at + 1))
    await new Promise((resolve) => setImmediate(resolve))
  }
  if (at < piece.length && !to.write(piece.subarray(at)) && !to.destroyed) {
    await Promise.race([once(to, 'drain'), once(to, 'close')])
  }
}
