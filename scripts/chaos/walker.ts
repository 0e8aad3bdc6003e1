/** Somebody who goes back through a room's history, page by page, as fast as it comes. It keeps nothing of it. */

import type { Answer } from '../load/client.ts'
import { Client } from '../load/client.ts'
import { FrameReader } from '../load/frames.ts'

/** Records of a page. */
const PAGE = 200

interface Read {
  records: readonly { type: string; born: number }[]
  more: boolean
}

export class Walker {
  pages = 0
  messages = 0
  /** Messages that were not older than the one before. */
  misplaced = 0
  readonly #client: Client

  constructor(port: number, token: string) {
    this.#client = new Client(new URL(`http://127.0.0.1:${port}`), token, new FrameReader())
  }

  async arrive(): Promise<this> {
    await this.#client.connect()
    return this
  }

  leave(): void {
    this.#client.close()
  }

  /** Makes a room; its rev then. */
  async found(room: string): Promise<number> {
    const { rev } = await this.#ask<{ rev: number }>({ t: 'room.create', room, name: room })
    return rev
  }

  /** From a place back to the beginning, then again from the newest, until `end` (ms of `performance.now()`). */
  async walk(room: string, before: number, end: number): Promise<void> {
    let place: number | null = before
    while (performance.now() < end) {
      const from: number | null = place
      const page: Read = await this.#ask<Read>({
        t: 'message.history',
        room,
        limit: PAGE,
        ...(from !== null && { before: from }),
      })
      let last: number = from ?? Number.MAX_SAFE_INTEGER
      for (const { type, born } of page.records) {
        if (type !== 'message') continue
        this.messages += 1
        if (born >= last) this.misplaced += 1
        last = born
      }
      this.pages += 1
      place = page.more ? last : null
    }
  }

  async #ask<T>(frame: Record<string, unknown>): Promise<T> {
    const answer: Answer = await this.#client.ask(frame)
    if (answer.kind !== 'ok')
      throw new Error(`${String(frame.t)}: ${answer.kind === 'no' ? answer.no.why : answer.why}`)
    // What the server says is under test; a frame of another shape shows in the figures.
    return answer.data as T
  }
}
