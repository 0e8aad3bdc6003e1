/** The registry of scenarios by name. */

import { kill } from './scenarios/kill.ts'
import type { Scenario } from './stage.ts'

export const scenarios: Readonly<Record<string, Scenario>> = { kill }
