/** The chaos command: runs a scenario by its name, says what happens while it does, and ends with a verdict. */

import { parseArgs } from 'node:util'
import { runScenario } from './chaos/run.ts'
import { scenarios } from './chaos/scenarios.ts'

const flags = {
  seed: { type: 'string' },
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

function help(): string {
  const names = Object.entries(scenarios).map(([name, { about, promises, size }]) => {
    return `  ${name.padEnd(9)} ${about} (${promises}; ${amount(size)})`
  })
  return [
    'Breaks things around a real server and checks that every promise holds.',
    '',
    '  npm run chaos -- NAME [--seed N] [--rounds N] [--seconds N] [--json]',
    '',
    ...names,
    '',
    'Without flags a run is as long as its promises say: the rounds and seconds above. Fewer are for trying. Only soak',
    'is promised for 8 hours: --seconds 28800.',
    'Exit code: 0 all promises held, 1 one did not, 2 wrong flags, 3 it could not run here.',
  ].join('\n')
}

function amount({ rounds, seconds }: { rounds: number; seconds: number }): string {
  return [rounds > 0 ? `--rounds ${rounds}` : '', seconds > 0 ? `--seconds ${seconds}` : '']
    .filter((flag) => flag !== '')
    .join(' ')
}

function whole(name: string, text: string | undefined, absent: number): number {
  const value = text === undefined ? absent : Number(text)
  if (Number.isInteger(value) && value >= 0 && value <= 1e9) return value
  throw new TypeError(`--${name} wants a whole number, not “${text}”`)
}

try {
  const { values, positionals } = parseArgs({ options: flags, allowPositionals: true })
  const [name = ''] = positionals
  const scenario = scenarios[name]
  if (values.help || !scenario) {
    console.log(help())
    process.exit(values.help ? 0 : 2)
  }
  const size = {
    seed: whole('seed', values.seed, Math.floor(Math.random() * 1e6)),
    rounds: whole('rounds', values.rounds, scenario.size.rounds),
    seconds: whole('seconds', values.seconds, scenario.size.seconds),
  }
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
  const say = (line: string) => console.log(line)
  const verdict = await runScenario(name, scenario, size, say)
  if (values.json) console.log(JSON.stringify({ name, ...size, ...verdict.figures }))
  const isWell = verdict.faults.examples.length === 0 && verdict.broken.length === 0
  process.exit(verdict.skipped !== undefined ? 3 : isWell ? 0 : 1)
} catch (error) {
  console.error(
    `chaos: ${error instanceof TypeError ? error.message : error instanceof Error ? error.stack : error}`,
  )
  process.exit(error instanceof TypeError ? 2 : 1)
}
