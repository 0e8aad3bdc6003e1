/** Runs one scenario on a stage of its own and says the verdict. What it broke is cleared away, whatever happens. */

import type { Scenario, Size, Verdict } from './stage.ts'
import { Stage } from './stage.ts'

/** Examples of faults that are shown. */
const SHOWN = 12

export async function runScenario(
  name: string,
  scenario: Scenario,
  size: Size,
  say: (line: string) => void,
): Promise<Verdict> {
  const began = performance.now()
  const at = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`
  const { seed, rounds, seconds } = size
  say(
    `${name}: ${scenario.about}; seed ${seed}${rounds ? `, ${rounds} rounds` : ''}${seconds ? `, ${seconds} s` : ''}`,
  )
  const stage = new Stage(size, (line) => say(`${at()}  ${line}`))
  try {
    await scenario.run(stage)
  } finally {
    await stage.clear()
  }
  tell(name, stage.verdict, seed, say)
  return stage.verdict
}

function tell(name: string, verdict: Verdict, seed: number, say: (line: string) => void): void {
  const { faults, broken, figures, skipped } = verdict
  for (const [what, value] of Object.entries(figures)) say(`  ${what.padEnd(44)} ${value}`)
  for (const { kind, what } of faults.examples.slice(0, SHOWN)) say(`  FAULT ${kind}: ${what}`)
  for (const why of broken.slice(0, SHOWN)) say(`  BROKEN ${why}`)
  if (skipped !== undefined) return say(`${name}: DID NOT RUN, ${skipped}`)
  const wrong = [faults.summary, broken.length > 0 ? `${broken.length} promises broken` : '']
  const summary = wrong.filter((part) => part !== '').join('; ')
  say(`${name}: ${summary === '' ? 'all promises held' : `FAILED, ${summary}`} (seed ${seed})`)
}
