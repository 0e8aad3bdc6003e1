/**
 * Records ready for the wire: JSON texts joined by commas, so that nobody parses what only passes through. However many
 * were asked for, a page is full after some 128 KiB, and a record comes with all that hangs on it or not at all. Types
 * only.
 */

export interface Page<Records = string> {
  records: Records
  /** The room's rev when it was read. */
  rev: number
  more: boolean
}

/** A fresh look at a room. Bytes, because as texts the pages of those who are behind would fill the heap. */
export interface Window extends Page<Uint8Array> {
  /** The `born` of its oldest timeline record if there are older ones, else 0. */
  floor: number
}

/** What changed after a rev. `rev` is as far as this page goes; `more`: there is more after it. */
export interface Changes extends Page<Uint8Array> {
  /** JSON texts `["type","id"]` joined by commas. */
  del: string
}
