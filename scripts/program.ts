/** How a person starts Parlour, for whatever starts one as a process of its own. It starts nothing. */

import { join } from 'node:path'

/**
 * MiB for what lives shortly: the young half of the heap is three times as much at most. Node's own 16 make no message
 * cheaper (69 to 77 µs of CPU for one in two hundred rooms, with 16 as with 8), and the 24 MiB more are never given back
 * under load.
 */
const YOUNG = 8

/** What `npm start` gives Node, and the first line of `start.js`. */
export const nodeFlags: readonly string[] = [`--max-semi-space-size=${YOUNG}`]

/** Arguments of Node; the flags of the server follow. */
export const program: readonly string[] = [...nodeFlags, join(import.meta.dirname, '..', 'src', 'start.js')]
