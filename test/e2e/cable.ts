/**
 * A cable between a browser and the server. Pulled, every connection through it is cut and new ones are refused; deaf,
 * what the server says on the sockets that are open now never arrives.
 */

import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect, createServer } from 'node:net'
import type { TestContext } from 'node:test'
import type { Place } from '../support/socket.ts'

export interface Cable extends Place {
  pull(): void
  plug(): void
  deafen(): void
}

export async function cableTo(port: number, t: TestContext): Promise<Cable> {
  const ends = new Set<Socket>()
  /** The server's ends of what has become a WebSocket, each with the browser's. */
  const sockets = new Map<Socket, Socket>()
  let isIn = true
  const cable = createServer((near) => {
    if (!isIn) return void near.destroy()
    const far = connect(port, '127.0.0.1')
    near.once('data', (first) => {
      if (first.toString('latin1').startsWith('GET /ws')) sockets.set(far, near)
    })
    for (const [end, other] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(end)
      end.on('error', () => undefined) // whichever breaks first, the other follows
      end.on('close', () => {
        ends.delete(end)
        sockets.delete(end)
        other.destroy()
      })
      end.pipe(other)
    }
  })
  cable.listen(0, '127.0.0.1')
  await once(cable, 'listening')
  const cut = () => {
    for (const end of ends) end.destroy()
  }
  t.after(() => {
    cut()
    cable.close()
  })
  const address = cable.address()
  const own = typeof address === 'object' && address ? address.port : 0
  return {
    url: `http://127.0.0.1:${own}`,
    socketUrl: `ws://127.0.0.1:${own}/ws`,
    pull() {
      isIn = false
      cut()
    },
    plug() {
      isIn = true
    },
    deafen() {
      for (const [far, near] of sockets) far.unpipe(near).resume()
    },
  }
}
