/**
 * Records on their way to a wire, as bytes: in memory of whoever asked, which both threads see, so that the other one
 * has neither a text nor a copy of them to throw away. It never writes past the space it was given.
 */

/** The texts joined by commas, in the space if there is one that is long enough. */
export function sheet(texts: readonly string[], space?: Uint8Array): Uint8Array {
  const text = texts.join(',')
  const length = Buffer.byteLength(text)
  const isRoomy = space !== undefined && space.length >= length
  const bytes = isRoomy ? new Uint8Array(space.buffer, space.byteOffset, length) : new Uint8Array(length)
  Buffer.from(bytes.buffer, bytes.byteOffset, length).write(text)
  return bytes
}
