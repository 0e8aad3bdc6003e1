/**
 * Space for pages on their way out, used again and again. Left to the collector of garbage, 64 MiB of pages gather
 * before it looks, because they lie outside of its heap. It never gives away space that somebody may still read.
 */

/** Bytes of one; a longer page gets memory of its own, once. */
const SPACE = 64 * 1024
/** Of these, left free for what a frame has before and after its records. */
const MARGIN = 512
/** Made at most, and kept for good: as many as readers may stop reading at once before pages become garbage. */
const MOST = 512

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
  #made = 0

  /** To be lent or given back. `undefined`: all is lent. The store's thread fills it, which is why it is shared. */
  space(): Uint8Array | undefined {
    const free = this.#free.pop()
    if (free !== undefined || this.#made === MOST) return free
    this.#made++
    return new Uint8Array(new SharedArrayBuffer(SPACE), MARGIN, SPACE - 2 * MARGIN)
  }

  giveBack(space: Uint8Array | undefined): void {
    if (space !== undefined) this.#free.push(space)
  }

  /** A page that was made in that space, or elsewhere if it was too long, for so many; `null`: there is none. */
  lend(page: Uint8Array | null, space: Uint8Array | undefined, readers: number): Lending | null {
    // What comes from a thread is another view of the same memory. Nobody else's is shared.
    if (page?.buffer instanceof SharedArrayBuffer)
      return new Lending(page, readers, () => this.giveBack(space))
    this.giveBack(space)
    return page && new Lending(page, readers, () => undefined)
  }
}
