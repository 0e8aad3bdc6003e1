/** The clock of this browser, in its language and zone. */

import { clockFor } from './times.ts'

export const clock = clockFor()
