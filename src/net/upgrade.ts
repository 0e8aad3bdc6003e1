/** From a request to `/ws` to a connection of a person: who may, how many, and what is said to all others. */

import type { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { Clock, Log } from '../engine/ports.ts'
import { closeCodes } from '../protocol.ts'
import type { Rate } from '../state/bucket.ts'
import { Limit } from '../state/limit.ts'
import type { Trust } from './address.ts'
import type { Answer } from './answer.ts'
import { objection, turnAway } from './answer.ts'
import { Client } from './client.ts'
import { Connection } from './connection.ts'
import type { Connections } from './connections.ts'
import { Hearing } from './hearing.ts'
import { objectToSocket } from './origin.ts'
import type { House, Ticket } from './ports.ts'
import type { NetSettings } from './settings.ts'
import { readVisit } from './visit.ts'

export interface UpgradeParts {
  settings: NetSettings
  trust: Trust
  connections: Connections
  /** `null` while it is not open. */
  house: () => House | null
  clock: Clock
  log: Log
}

/** ms after which somebody turned away because of crowding may try again. */
const crowdedRetry = 10_000

export class Upgrade {
  readonly #parts: UpgradeParts
  readonly #ws: WebSocketServer
  readonly #gone = (connection: Connection) => {
    this.#parts.connections.remove(connection)
    this.#parts.connections.leave(connection.address, connection.user)
  }
  readonly #byPerson: Limit
  readonly #byAddress: Limit
  readonly #hearing: Hearing

  constructor(parts: UpgradeParts) {
    const { frame, fragments, chunks, closeTimeout, upgrades, texts } = parts.settings
    const limit = (rate: Rate | undefined) => new Limit(() => parts.clock.elapsed(), rate ?? null)
    this.#parts = parts
    this.#byPerson = limit(upgrades?.person)
    this.#byAddress = limit(upgrades?.address)
    this.#hearing = new Hearing(texts, parts.clock)
    // A value of its own, because the types of `ws` do not know `closeTimeout` yet.
    const options = {
      WebSocket: Client,
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: frame,
      maxFragments: fragments,
      maxBufferedChunks: chunks,
      closeTimeout,
    }
    this.#ws = new WebSocketServer(options)
  }

  /** Never throws, whatever comes. */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // A peer may reset at any instant; without a listener that would end the process. `close` follows and cleans up.
    socket.on('error', destroy)
    this.#admit(request, socket, head).catch((error: unknown) => {
      this.#parts.log.error('upgrade_failed', { why: String(error) })
      turnAway(socket, objection(503, 'unavailable', 'The server cannot let you in now.', 2000))
    })
  }

  async #admit(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { settings, trust, connections, house } = this.#parts
    const visit = readVisit(request, trust)
    const open = house()
    if (open === null) return turnAway(socket, objection(503, 'unavailable', 'Closed just now.', 2000))
    if (visit.by === null && visit.headers.origin === undefined) return turnAway(socket, stranger)
    const foreign = objectToSocket(visit, settings.allowOrigin)
    if (foreign !== null) return turnAway(socket, objection(403, 'forbidden', foreign))
    if (visit.token === null) return turnAway(socket, stranger)
    const wait = this.#byAddress.take(visit.address)
    if (wait > 0) return turnAway(socket, hasty('Too many connections at once from your network.', wait))

    const { address } = visit
    if (!connections.seat(address))
      return turnAway(socket, crowded('There are too many connections already.'))
    const seat = new Seat(connections, address, socket)
    const ticket = await open.sessions.recognise(visit.token)
    if (socket.destroyed) return
    if (ticket === null) return turnAway(socket, stranger)
    const patience = this.#byPerson.take(ticket.user)
    if (patience > 0) return turnAway(socket, hasty('You connect too often. Slow down a little.', patience))
    if (!seat.takePerson(ticket.user)) return turnAway(socket, crowded('You have too many connections open.'))
    this.#open(request, socket, head, seat, ticket, open)
  }

  #open(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    seat: Seat,
    { user, session }: Ticket,
    { engine }: House,
  ): void {
    const { settings, connections, clock, log } = this.#parts
    // The answer waits for `hello`, because two writes would cost as much as all the rest; see `Connection.attach`.
    socket.cork()
    this.#ws.handleUpgrade(request, socket, head, (ws) => {
      if (!(socket instanceof Socket && ws instanceof Client))
        throw new TypeError('a WebSocket of another make')
      // From here on `ws` listens itself.
      socket.off('error', destroy)
      const holder = { address: seat.handOver(), user, session }
      const connection = new Connection(
        ws,
        socket,
        holder,
        settings,
        this.#hearing,
        log,
        clock.elapsed(),
        this.#gone,
      )
      connections.add(connection)
      engine.connect(user, connection).then(
        (peer) => connection.attach(peer),
        (error: unknown) => {
          log.error('connect_failed', { user, why: String(error) })
          connection.close(closeCodes.restart, 'the server cannot serve you now')
        },
      )
    })
  }
}

/** What a socket has taken of the caps, until it is gone or a connection. */
class Seat {
  readonly #connections: Connections
  readonly #address: string
  readonly #socket: Duplex
  readonly #leave: () => void
  #user: string | null = null

  constructor(connections: Connections, address: string, socket: Duplex) {
    this.#connections = connections
    this.#address = address
    this.#socket = socket
    this.#leave = () => connections.leave(address, this.#user)
    socket.on('close', this.#leave)
  }

  takePerson(user: string): boolean {
    if (!this.#connections.seatPerson(user)) return false
    this.#user = user
    return true
  }

  /** From now on a connection of this address gives back what was taken; a listener less for each of thousands. */
  handOver(): string {
    this.#socket.off('close', this.#leave)
    return this.#address
  }
}

function destroy(this: Duplex): void {
  this.destroy()
}

const stranger: Answer = objection(401, 'unauthorized', 'Log in first: POST /login.')
const hasty = (why: string, retry: number) => objection(429, 'too_fast', why, retry)
const crowded = (why: string) => objection(503, 'limit', why, crowdedRetry)
