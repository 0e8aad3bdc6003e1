/** Every scenario in short, so that neither a promise nor its scenario breaks unseen. The long runs: `npm run chaos`. */

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runScenario } from '../../scripts/chaos/run.ts'
import { scenarios } from '../../scripts/chaos/scenarios.ts'

const SEED = 20_260

/** A few seconds of each. Those that need minutes, or a large machine, are not among them. */
const short: [name: string, size: { rounds?: number; seconds?: number }][] = [
  ['kill', { rounds: 1 }],
  ['power', { rounds: 1 }],
  ['proof', { rounds: 2 }],
  ['reads', { rounds: 5000, seconds: 0.5 }],
  ['trace', { rounds: 100 }],
  ['retry', { rounds: 200 }],
  ['reset', { rounds: 800 }],
  ['resume', { rounds: 1 }],
  ['model', { rounds: 150 }],
  ['reread', { rounds: 100 }],
  ['rubbish', { rounds: 500 }],
  ['render', { rounds: 300 }],
  ['disk', { rounds: 1 }],
  ['crash', { rounds: 5 }],
  ['damage', { rounds: 2 }],
  ['clock', { rounds: 2 }],
  ['freeze', { rounds: 1 }],
  ['term', { rounds: 2 }],
  ['herd', { rounds: 50, seconds: 1 }],
]

describe('scenarios in short', { concurrency: false }, () => {
  for (const [name, size] of short) {
    const scenario = scenarios[name]
    it(`${name}: ${scenario?.about} [${scenario?.promises}]`, async (t) => {
      assert.ok(scenario)
      const said: string[] = []
      const verdict = await runScenario(name, scenario, { ...scenario.size, ...size, seed: SEED }, (line) => {
        said.push(line)
      })
      if (verdict.skipped !== undefined) return t.skip(verdict.skipped)
      assert.deepEqual([verdict.faults.examples, verdict.broken], [[], []], said.join('\n'))
    })
  }
})
