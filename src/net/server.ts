/** The HTTP server: takes connections, leads requests to routes and sockets to the upgrade, and stops in good order. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock, Log } from '../engine/ports.ts'
import { closeCodes } from '../protocol.ts'
import { Limit } from '../state/limit.ts'
import type { Trust } from './address.ts'
import { trustOf } from './address.ts'
import { objection, send, turnAway } from './answer.ts'
import { Connections } from './connections.ts'
import { createServer } from './http.ts'
import { ProcessFigures } from './metrics.ts'
import type { About, Condition } from './ops.ts'
import { Places } from './places.ts'
import type { House } from './ports.ts'
import type { RouteParts } from './routes.ts'
import { route } from './routes.ts'
import type { NetSettings } from './settings.ts'
import type { Assets } from './static.ts'
import { Upgrade } from './upgrade.ts'
import { pathOf, readVisit } from './visit.ts'

export interface NetParts {
  settings: NetSettings
  about: About
  assets: Assets
  clock: Clock
  log: Log
}

/** ms between two looks at requests that take too long. */
const timeoutsEvery = 1000

export class NetServer {
  readonly #server: Server
  readonly #connections: Connections
  readonly #routes: RouteParts
  readonly #trust: Trust
  readonly #log: Log
  #house: House | null = null
  #condition: Condition = 'starting'

  constructor({ settings, about, assets, clock, log }: NetParts) {
    const house = () => (this.#condition === 'ready' ? this.#house : null)
    const connections = new Connections(settings, clock, log)
    const logins = new Limit(() => clock.elapsed(), settings.logins)
    const condition = () => this.#condition
    this.#log = log
    this.#trust = trustOf(settings.trustProxy)
    this.#connections = connections
    const own = new ProcessFigures()
    const figures = () => [...own.figures(connections.size), ...(this.#house?.engine.figures() ?? [])]
    this.#routes = { settings, about, assets, connections, logins, house, condition, figures }
    const upgrade = new Upgrade({ settings, trust: this.#trust, connections, house, clock, log })
    this.#server = createServer(
      {
        headersTimeout: settings.headersTimeout,
        requestTimeout: settings.requestTimeout,
        connectionsCheckingInterval: timeoutsEvery,
        maxHeaderSize: settings.httpHeaders,
        // Whatever else somebody would like to upgrade to is answered as if they had not asked.
        shouldUpgradeCallback: (request) => isWebSocket(request),
      },
      (request, response) => void this.#respond(request, response),
    )
    const places = new Places(settings, this.#trust, clock, log)
    this.#server.maxConnections = places.all
    this.#server.on('connection', (socket) => places.seat(socket))
    this.#server.on('upgrade', (request, socket, head) => upgrade.handle(request, socket, head))
    this.#server.on('clientError', (error, socket) => answerRubbish(error, socket))
    this.#server.on('drop', () => places.dropped('too many sockets are open'))
  }

  /** Resolves with the port once it listens; `/healthz` answers from then on. Rejects when it cannot. */
  listen(port: number, host: string | null): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(host === null ? { port } : { port, host }, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#log.error('server_error', { why: error.message }))
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : port)
      })
    })
  }

  /** From now on people may come in. */
  open(house: House): void {
    this.#house = house
    this.#connections.watch(house.sessions)
    this.#condition = 'ready'
  }

  /** Sockets open now. */
  get size(): number {
    return this.#connections.size
  }

  /** Takes nobody any more; who is here stays. */
  stopAccepting(): void {
    this.#condition = 'draining'
    this.#server.close()
    this.#server.closeIdleConnections()
  }

  /** Closes all sockets with “restart”, gives them so many ms to take leave, and ends the rest. */
  async close(patience: number): Promise<void> {
    this.#connections.closeAll(closeCodes.restart, 'the server restarts')
    const until = performance.now() + patience
    while (this.#connections.size > 0 && performance.now() < until) await sleep(10)
    this.#connections.terminateAll()
    this.#server.closeAllConnections()
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A peer that resets while it is answered; there is nobody left to tell.
    response.on('error', () => response.destroy())
    const visit = readVisit(request, this.#trust)
    try {
      send(response, await route(request, visit, this.#routes), visit.method === 'HEAD')
    } catch (error) {
      // A body that its sender broke off is no fault of ours.
      if (request.destroyed && !request.complete) return
      this.#log.error('request_failed', { path: visit.path, why: String(error) })
      send(response, objection(500, 'internal', 'Something went wrong; it is in the log.'), false)
    }
  }
}

function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === 'websocket' && pathOf(request.url ?? '') === '/ws'
}

/** What the parser could not read, or what took too long. */
function answerRubbish(error: Error, socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  const code = 'code' in error ? error.code : null
  const isOurs = socket instanceof Socket && socket.bytesWritten === 0
  // In the middle of an answer a second one would only confuse.
  if (!isOurs || code === 'ECONNRESET') return void socket.destroy()
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    turnAway(socket, objection(408, 'bad_frame', 'That took too long.'))
  else if (code === 'HPE_HEADER_OVERFLOW')
    turnAway(socket, objection(431, 'limit', 'The headers are too long.'))
  else turnAway(socket, objection(400, 'bad_frame', 'That was no HTTP request.'))
}
