/**
 * What we compare ourselves with: the shortest chat server one can write with `ws`. It sends each string to each client
 * of the room and does nothing else: no names, no checks, no storage, no answers.
 */

import { once } from 'node:events'
import type { WebSocket } from 'ws'
import { WebSocketServer } from 'ws'

const rooms = new Map<string, Set<WebSocket>>()
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false, backlog: 4096 })

server.on('connection', (client, request) => {
  const name = request.url ?? '/'
  const room = rooms.get(name) ?? new Set<WebSocket>()
  rooms.set(name, room.add(client))
  client.on('message', (data) => {
    const text = data.toString()
    for (const member of room) member.send(text)
  })
  client.on('close', () => {
    room.delete(client)
    if (room.size === 0) rooms.delete(name)
  })
  client.on('error', (error) => console.error(error.message))
})

await once(server, 'listening')
const address = server.address()
if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`)
