/** The real network side on an engine that only listens, and clients of it, for tests of single connections. */

import { once } from 'node:events'
import type { TestContext } from 'node:test'
import { WebSocket } from 'ws'
import type { Engine, Link, Peer } from '../../src/engine/ports.ts'
import { NetServer } from '../../src/net/server.ts'
import type { NetSettings } from '../../src/net/settings.ts'
import { netDefaults } from '../../src/net/settings.ts'
import type { FakeClock } from './clock.ts'
import { fakeClock } from './clock.ts'
import { memoryLog } from './log.ts'

export const token = 'a'.repeat(43)

/** The engine's end of a connection, which only remembers. */
export class Ear implements Peer {
  readonly link: Link
  readonly heard: string[] = []
  beats = 0
  behinds = 0
  drains = 0
  /** What it does with each text. */
  onText: (text: string) => void = () => undefined
  /** Resolves when the connection is gone. */
  readonly gone: Promise<void>
  readonly disconnect: () => void

  constructor(link: Link) {
    this.link = link
    const { promise, resolve } = Promise.withResolvers<void>()
    this.gone = promise
    this.disconnect = resolve
  }

  receive(text: string): void {
    this.heard.push(text)
    this.onText(text)
  }
  behind(): void {
    this.behinds += 1
  }
  drained(): void {
    this.drains += 1
  }
  beat(): void {
    this.beats += 1
  }
}

export interface Scene {
  clock: FakeClock
  /** Connects; both ends of it. `autoPong`: whether the client answers pings; `from`: any address of loopback. */
  connect(autoPong?: boolean, from?: string): Promise<{ ws: WebSocket; ear: Ear; closed: Promise<number> }>
  /** What the engine answers a connection with. */
  greet: (ear: Ear) => Promise<Peer>
  /** Whether the session holds. */
  holds: boolean
  /** What looking up a session waits for. */
  lookup: Promise<void>
  net: NetServer
  url: string
}

/** The real network side, on an engine that only listens. */
export async function scene(test: TestContext, some: Partial<NetSettings> = {}): Promise<Scene> {
  const clock = fakeClock()
  const about = { version: '0', synchronous: 'full' as const }
  const log = memoryLog()
  const settings = { ...netDefaults, ...some }
  const net = new NetServer({ settings, about, assets: new Map(), clock, log })
  const rest = { holds: true, lookup: Promise.resolve(), net, url: '' }
  const it: Scene = { clock, connect, greet: async (ear) => ear, ...rest }
  let connected: (ear: Ear) => void = () => undefined
  const engine: Engine = {
    introduce: async () => ({ name: 'ada' }),
    connect(_user, link) {
      const ear = new Ear(link)
      connected(ear)
      return it.greet(ear)
    },
    figures: () => [],
    drain: async () => undefined,
  }
  const ticket = { user: 'ada', token, session: 'session' }
  const sessions = {
    recognise: () => it.lookup.then(() => ticket),
    renew: async () => ticket,
    holds: async () => it.holds,
    end: async () => undefined,
  }
  net.open({ engine, sessions, guests: { welcome: async () => ticket, dismiss: async () => undefined } })
  const port = await net.listen(0, '127.0.0.1')
  it.url = `http://127.0.0.1:${port}`
  test.after(() => {
    net.stopAccepting()
    return net.close(0)
  })

  async function connect(autoPong = true, localAddress = '127.0.0.1') {
    const { promise, resolve } = Promise.withResolvers<Ear>()
    connected = resolve
    const headers = { authorization: `Bearer ${token}` }
    const ws = new WebSocket(`ws://127.0.0.1:${port}/ws`, { headers, autoPong, localAddress })
    ws.on('error', () => undefined)
    const closed = once(ws, 'close').then(([code]) => Number(code))
    await once(ws, 'open')
    return { ws, ear: await promise, closed }
  }

  return it
}

/** A round trip: what either side wrote before has arrived. */
export async function settle(ws: WebSocket): Promise<void> {
  ws.ping()
  await once(ws, 'pong')
}
