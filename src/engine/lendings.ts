/**
 * Room for pages on their way out, used again and again. Left to the collector of garbage, 64 MiB of pages gather
 * before it looks, because they lie outside of its heap. It never gives away room that somebody may still read.
 */

/** Bytes of one; a longer page gets room of its own, once. */
const ROOM = 64 * 1024
/** Kept while nobody needs them. */
const MOST_FREE = 64

/** A page that some have been promised; each of them says once when they are done with it. */
export class Lending {
  readonly bytes: Uint8Array
  readonly #done: () => void
  #readers: number

  constructor(bytes: Uint8Array, readers: number, done: () => void) {
    this.bytes = bytes
    this.#readers = readers
    this.#done = done
  }

  readonly taken = (): void => {
    this.#readers--
    if (this.#readers < 0) throw new Error('a page was taken more often than it was lent')
    if (this.#readers === 0) this.#done()
  }
}

export class Lendings {
  readonly #free: Uint8Array[] = []

  /** `fill` puts a page into the room, or elsewhere if it is too long. It is read by so many. */
  lend(fill: (room: Uint8Array) => Uint8Array, readers: number): Lending {
    // Not from the pool of Node, which others share.
    const room = this.#free.pop() ?? Buffer.allocUnsafeSlow(ROOM)
    const bytes = fill(room)
    const giveBack = () => {
      if (this.#free.length < MOST_FREE) this.#free.push(room)
    }
    if (bytes.buffer === room.buffer) return new Lending(bytes, readers, giveBack)
    giveBack()
    return new Lending(bytes, readers, () => undefined)
  }
}
