/** `npm run bench`: what Parlour costs, side by side with servers that store nothing. It leaves no process and no file behind but docs/performance.md. */

import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { alone } from './bench/alone.ts'
import { Patience } from './bench/calm.ts'
import { decide } from './bench/decision.ts'
import { section, table, writeSection } from './bench/document.ts'
import { grow } from './bench/grow.ts'
import { idlers } from './bench/idlers.ts'
import { opening } from './bench/opening.ts'
import type { Row } from './bench/row.ts'
import { start } from './bench/start.ts'
import { crowd, many, steady } from './bench/traffic.ts'

const help = `Measures Parlour, side by side with servers that store nothing. About ten minutes.

  --only A,C    only these cases: A crowd, B steady, C many rooms, D decision, E start, F idle, G opening, H alone
  --only growth how speed and memory change with members, rooms and history; about twenty minutes
  --quick       one short round of each, to see that it runs; docs/performance.md stays as it is
  --patience S  how long to wait in all, in seconds, for other programs to leave the machine alone: 120
  --help        this

A full run of either kind writes its table into docs/performance.md.`

const letters = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'] as const
type Letter = (typeof letters)[number]
const isLetter = (text: string): text is Letter => letters.some((letter) => letter === text)

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const read = readFlags(args)
  if (read === null) return 2
  if (read.help) {
    console.log(help)
    return 0
  }
  if (read.only === 'growth') {
    await grow(read.quick, read.patience)
    return 0
  }
  const rows: Row[] = []
  let hasFailed = false
  for (const letter of read.only) {
    const begin = performance.now()
    try {
      await read.patience.calm()
      rows.push(...(await run(letter, read)))
      console.error(`${letter} took ${((performance.now() - begin) / 1000).toFixed(0)} s`)
    } catch (error) {
      console.error(`bench: case ${letter}: ${error instanceof Error ? error.message : String(error)}`)
      hasFailed = true
    }
  }
  if (rows.length > 0) console.log(table(rows))
  if (hasFailed) return 1
  const isFull = read.only.length === letters.length && !read.quick
  const file = fileURLToPath(new URL('../docs/performance.md', import.meta.url))
  if (isFull) writeSection(file, 'bench', section(table(rows), 'npm run bench', new Date()))
  return 0
}

function run(letter: Letter, { quick: isQuick, patience }: Flags): Promise<Row[]> | Row[] {
  const scale = isQuick
    ? { rounds: 1, people: 200, rooms: 40, warmUp: 500, measure: 1000, patience }
    : { rounds: 3, people: 1000, rooms: 200, warmUp: 2000, measure: 4000, patience }
  switch (letter) {
    case 'A':
      return crowd(scale)
    case 'B':
      return steady({ ...scale, measure: 2 * scale.measure })
    case 'C':
      return many(scale)
    case 'D':
      return decide()
    case 'E':
      return start(isQuick ? 3 : 10)
    case 'F':
      return idlers(isQuick ? 1000 : 10_000, patience)
    case 'G':
      return opening(isQuick ? [10, 1000, 10_000] : [10, 1000, 100_000, 1_000_000])
    case 'H':
      return alone(scale)
  }
}

interface Flags {
  only: Letter[] | 'growth'
  quick: boolean
  help: boolean
  patience: Patience
}

function readFlags(args: string[]): Flags | null {
  try {
    const options = {
      only: { type: 'string' },
      patience: { type: 'string', default: '120' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    } as const
    const { only, quick, help, patience } = parseArgs({ args, options, allowPositionals: false }).values
    if (!(Number(patience) >= 0)) throw new Error(`--patience wants seconds, not “${patience}”`)
    const flags = { quick, help, patience: new Patience(Number(patience) * 1000) }
    if (only === 'growth') return { only, ...flags }
    const wanted = only === undefined ? [...letters] : only.toUpperCase().split(',').filter(isLetter)
    if (wanted.length > 0 && wanted.length === (only?.split(',').length ?? letters.length)) {
      return { only: wanted, ...flags }
    }
    console.error(
      `bench: --only wants some of ${letters.join(',')}, or growth, not “${only}” (--help shows all flags)`,
    )
  } catch (error) {
    // parseArgs says in its first sentence what is wrong.
    console.error(`bench: ${error instanceof Error ? error.message.split('. ')[0] : String(error)}`)
  }
  return null
}
