/** Who is typing: told to those who look, kept nowhere. */

import { signal } from '../feature.ts'
import { anyId } from '../fields.ts'

export const typing = signal('typing', { room: anyId })
