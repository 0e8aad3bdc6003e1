/** A sign of life, asked for by a client that has heard nothing for a while. */

import { watch } from '../feature.ts'

export const beat = watch('beat', 'beat', {})
