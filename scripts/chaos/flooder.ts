/** Somebody who floods a server from one address with all the tabs they can get, and comes back when they are cut off. */

import { setTimeout as sleep } from 'node:timers/promises'
import { clientFrame, closeCode, rawWebSocket } from '../../test/support/raw.ts'

/** Frames in one write. */
const AT_ONCE = 100
/** ms before the next try to get in. */
const AGAIN = 100

/** What a tab floods with, in a room that it is in. Each kind costs the server something else. */
const kinds: ((room: string, n: number) => string)[] = [
  (room, n) =>
    JSON.stringify({ t: 'message.send', ref: n, room, id: `flood-${n}-xxxx`, body: 'flood '.repeat(20) }),
  (room, n) => JSON.stringify({ t: 'message.history', ref: n, room, limit: 200 }),
  (room) => JSON.stringify({ t: 'typing', room }),
  (room, n) => JSON.stringify({ t: 'room.open', ref: n, room }),
  (_room, n) => `{"t":"message.send","ref":${n},"room":[[[[[[{}]]]]]],"body":"${'x'.repeat(200)}`,
  (_room, n) => JSON.stringify({ t: 'room.join', ref: n, code: '0000000000' }),
]

export interface Flooding {
  port: number
  /** Address that it all comes from. */
  from: string
  /** Of the people who flood together, and how many tabs each has. */
  tokens: readonly string[]
  tabs: number
  room: string
  code: string
}

export class Flooder {
  readonly counts = { tries: 0, refused: 0, cut: 0 }
  #isOver = false
  readonly #all: Promise<unknown>

  constructor({ tabs, tokens, ...where }: Flooding) {
    const own = tokens.flatMap((token, person) =>
      Array.from({ length: tabs }, (_, tab) => this.#tab({ token, ...where }, person + tab)),
    )
    this.#all = Promise.all(own)
  }

  async stop(): Promise<void> {
    this.#isOver = true
    await this.#all
  }

  async #tab(where: Omit<Flooding, 'tokens' | 'tabs'> & { token: string }, n: number): Promise<void> {
    const { port, from, token, room, code } = where
    const make = kinds[n % kinds.length]!
    const bytes = Buffer.concat(
      Array.from({ length: AT_ONCE }, (_, k) => clientFrame(make(room, n * AT_ONCE + k))),
    )
    while (!this.#isOver) {
      const raw = await rawWebSocket(port, token, from).catch(() => null)
      if (raw === null) {
        this.counts.refused += 1
        await sleep(AGAIN)
        continue
      }
      this.counts.tries += 1
      raw.socket.write(clientFrame(JSON.stringify({ t: 'room.join', ref: 1, code })))
      const pour = () => {
        while (!this.#isOver && raw.socket.writable && raw.socket.write(bytes));
        if (this.#isOver) raw.socket.destroy()
      }
      raw.socket.on('drain', pour)
      pour()
      const text = await raw.ended
      if (closeCode(text) === null) this.counts.refused += 1
      else this.counts.cut += 1
      await sleep(AGAIN)
    }
  }
}
