/** Somebody who goes back through a room's history, page by page, as fast as it comes. It keeps nothing of it. */

import { setTimeout as sleep } from 'node:timers/promises'
import WebSocket from 'ws'

/** Records of a page. */
const PAGE = 200
/** ms that an answer may take. */
const PATIENCE = 30_000

/** A frame, as far as it is looked at. What the server says is under test: one of another shape shows in the figures. */
interface Frame {
  t: string
  why?: string
  data: Data
}

interface Data {
  rev: number
  records?: readonly { type: string; born: number }[]
  more?: boolean
}

export class Walker {
  pages = 0
  messages = 0
  /** Messages that were not older than the one before. */
  misplaced = 0
  /** ms that each page took. */
  readonly times: number[] = []
  readonly #socket: WebSocket
  /** Takes the next `hello` or answer. Frames that come together come in one go, so nobody may listen for one only. */
  #take: (frame: Frame) => void = () => undefined
  readonly #arrived: Promise<Frame>

  constructor(port: number, token: string) {
    this.#socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, {
      headers: { authorization: `Bearer ${token}` },
      perMessageDeflate: false,
    })
    // The close follows, and with it an answer that never comes.
    this.#socket.on('error', () => undefined)
    this.#arrived = this.#next()
    this.#socket.on('message', (data) => {
      const frame = JSON.parse(String(data)) as Frame
      if (frame.t === 'hello' || frame.t === 'ok' || frame.t === 'no') this.#take(frame)
    })
  }

  async arrive(): Promise<this> {
    await this.#arrived
    return this
  }

  leave(): void {
    this.#socket.terminate()
  }

  /** Makes a room; its rev then. */
  async found(room: string): Promise<number> {
    return (await this.#ask({ t: 'room.create', room, name: room })).rev
  }

  /** From a place back to the beginning, then again from the newest, until `end` (ms of `performance.now()`). */
  async walk(room: string, place: number, end: number): Promise<void> {
    let before: number | null = place
    for (let now = performance.now(); now < end; now = performance.now()) {
      const from: { before?: number } = before === null ? {} : { before }
      const page = await this.#ask({ t: 'message.history', room, limit: PAGE, ...from })
      this.times.push(performance.now() - now)
      this.pages += 1
      let last: number = before ?? Number.MAX_SAFE_INTEGER
      for (const { type, born } of page.records ?? []) {
        if (type !== 'message') continue
        this.messages += 1
        if (born >= last) this.misplaced += 1
        last = born
      }
      before = page.more ? last : null
    }
  }

  /** One question at a time. Rejects when it is refused, or not answered in time. */
  async #ask(frame: object): Promise<Data> {
    this.#socket.send(JSON.stringify({ ref: 1, ...frame }))
    const answer = await this.#next()
    if (answer.t === 'no') throw new Error(`the answer was: ${answer.why}`)
    return answer.data
  }

  async #next(): Promise<Frame> {
    const { promise, resolve } = Promise.withResolvers<Frame>()
    this.#take = resolve
    const isOver = new AbortController()
    const late = sleep(PATIENCE, null, { signal: isOver.signal }).catch(() => null)
    const frame = await Promise.race([promise, late])
    isOver.abort()
    if (frame === null) throw new Error(`nothing was answered within ${PATIENCE} ms`)
    return frame
  }
}
