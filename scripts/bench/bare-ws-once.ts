/**
 * The bare `ws` server with the one improvement that everybody makes first: a message is encoded once for all who get
 * it. It keeps its rooms as the other does, and does as little: no names, no checks, no storage, no answers.
 */

import { once } from 'node:events'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'

const rooms = new Map<string, Set<Duplex>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 })

server.on('connection', (client, request) => {
  const name = request.url ?? '/'
  const { socket } = request
  const room = rooms.get(name) ?? new Set<Duplex>()
  rooms.set(name, room.add(socket))
  client.on('message', (data) => {
    if (!Buffer.isBuffer(data)) return
    const frame = frameOf(data)
    for (const member of room) member.write(frame)
  })
  client.on('close', () => {
    room.delete(socket)
    if (room.size === 0) rooms.delete(name)
  })
  client.on('error', (error) => console.error(error.message))
})

await once(server, 'listening')
const address = server.address()
if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`)

/** Header and all, so that it goes to the sockets as it is: faster than giving `ws` the bytes to send each time. */
function frameOf(payload: Buffer): Buffer {
  const { length } = payload
  const header = length < 126 ? [0x81, length] : [0x81, 126, length >> 8, length & 255]
  return Buffer.concat([Buffer.from(header), payload])
}
