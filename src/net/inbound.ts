/**
 * Follows the boundaries of the frames that come in, because `ws` tells of whole messages only: it knows whether a
 * message is unfinished and counts frames that say nothing. It neither keeps bytes nor judges them; `ws` does.
 */

export class Inbound {
  /** Whole messages so far, empty ones too. */
  messages = 0
  /** Pings, pongs, fragments and empty messages so far. */
  idle = 0
  /** In the middle of a frame, or between two fragments of a message. */
  get isUnfinished(): boolean {
    return this.#isFragmented || this.#at > 0 || this.#rest > 0
  }

  /** Bytes of the current header seen; its first byte; the bytes it has in all. */
  #at = 0
  #first = 0
  #header = 2
  #mask = 0
  /** Bytes of payload: as the header says, and those still to come. */
  #length = 0
  #rest = 0
  #isFragmented = false

  read(chunk: Uint8Array): void {
    let i = 0
    while (i < chunk.length) {
      if (this.#rest > 0) {
        const skipped = Math.min(this.#rest, chunk.length - i)
        i += skipped
        this.#rest -= skipped
        if (this.#rest === 0) this.#finish()
      } else {
        this.#readHeader(chunk[i++]!)
      }
    }
  }

  #readHeader(byte: number): void {
    const at = this.#at++
    if (at === 0) {
      this.#first = byte
    } else if (at === 1) {
      const short = byte & 0x7f
      this.#mask = byte & 0x80 ? 4 : 0
      this.#length = short < 126 ? short : 0
      this.#header = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0)
    } else if (at < this.#header) {
      this.#length = this.#length * 256 + byte
    }
    if (this.#at < 2 || this.#at < this.#header + this.#mask) return
    this.#at = 0
    this.#rest = this.#length
    if (this.#rest === 0) this.#finish()
  }

  #finish(): void {
    const isControl = (this.#first & 0x08) !== 0
    const isFinal = (this.#first & 0x80) !== 0
    if (isControl || !isFinal || this.#length === 0) this.idle += 1
    if (isControl) return
    this.#isFragmented = !isFinal
    if (isFinal) this.messages += 1
  }
}
