/**
 * What cannot be beaten by much: the shortest server over raw `net` that people in a room can talk through. It shakes
 * hands by hand, gathers what came within one turn of the loop, and gives each member of a room all of it in one write.
 * It reads whole text frames of up to 64 KiB and nothing else: no names, no checks, no answers. Nothing is stored,
 * unless it is given a folder: then a thread writes and fsyncs first (`keeper.ts`).
 */

import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createServer } from 'node:net'
import { Worker } from 'node:worker_threads'

interface Room {
  members: Set<Socket>
  /** Frames of this turn, headers and all. */
  batch: Uint8Array[]
}

const TEXT = 0x81
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

const [, , folder] = process.argv
const keeper =
  folder === undefined ? null : new Worker(new URL('keeper.ts', import.meta.url), { workerData: folder })
const kept: (() => void)[] = []
keeper?.on('message', () => kept.shift()?.())

const rooms = new Map<string, Room>()
const due = new Set<Room>()

const server = createServer({ noDelay: true }, (socket) => {
  let room: Room | null = null
  let unread: Buffer = Buffer.alloc(0)
  socket.on('data', (chunk) => {
    if (typeof chunk === 'string') return
    unread = unread.length === 0 ? chunk : Buffer.concat([unread, chunk])
    if (room === null) {
      const end = unread.indexOf('\r\n\r\n')
      if (end < 0) return
      room = shake(socket, unread.toString('latin1', 0, end))
      unread = unread.subarray(end + 4)
    }
    unread = read(unread, room)
  })
  socket.on('close', () => room?.members.delete(socket))
  socket.on('error', (error) => console.error(error.message))
})

server.listen({ host: '127.0.0.1', port: 0, backlog: 4096 })
await once(server, 'listening')
const address = server.address()
if (typeof address === 'object' && address !== null) console.log(`http://127.0.0.1:${address.port}`)

/** Returns the room that the path names. */
function shake(socket: Socket, head: string): Room {
  const [, path = '/'] = head.split(' ', 2)
  const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? ''
  const accept = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  const room = rooms.get(path) ?? { members: new Set(), batch: [] }
  rooms.set(path, room)
  room.members.add(socket)
  return room
}

/** Adds what came to the batch, and returns the beginning of a frame that is not whole yet. */
function read(bytes: Buffer, room: Room): Buffer {
  let at = 0
  while (bytes.length - at >= 6) {
    const isShort = (bytes[at + 1]! & 0x7f) < 126
    const length = isShort ? bytes[at + 1]! & 0x7f : bytes.readUInt16BE(at + 2)
    const mask = at + (isShort ? 2 : 4)
    const end = mask + 4 + length
    if (end > bytes.length) break
    if (bytes[at] === TEXT) room.batch.push(unmask(bytes, mask, end))
    at = end
  }
  if (room.batch.length > 0) {
    if (due.size === 0) setImmediate(tell)
    due.add(room)
  }
  return bytes.subarray(at)
}

/** In place: the header for the receivers, which has no mask, goes where the mask was. */
function unmask(bytes: Buffer, mask: number, end: number): Uint8Array {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(mask, mask + 4)
  const key = [a, b, c, d]
  const length = end - mask - 4
  for (let n = 0; n < length; n++) bytes[mask + 4 + n]! ^= key[n & 3]!
  if (length < 126) {
    bytes[mask + 2] = TEXT
    bytes[mask + 3] = length
    return bytes.subarray(mask + 2, end)
  }
  bytes[mask] = TEXT
  bytes[mask + 1] = 126
  bytes.writeUInt16BE(length, mask + 2)
  return bytes.subarray(mask, end)
}

function tell(): void {
  for (const room of due) {
    const frames = Buffer.concat(room.batch)
    room.batch = []
    const write = (): void => {
      for (const member of room.members) member.write(frames)
    }
    if (keeper === null) write()
    else {
      kept.push(write)
      keeper.postMessage(null)
    }
  }
  due.clear()
}
