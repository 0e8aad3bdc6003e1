/** `npm run load`: people who are none talk in rooms, and every message is checked on its way. It never touches the server's data. */

import { writeFileSync } from 'node:fs'
import { LiveLine } from './load/live.ts'
import type { Options } from './load/options.ts'
import { help, readOptions } from './load/options.ts'
import { picture } from './load/picture.ts'
import { isWell, table, toJson } from './load/report.ts'
import type { Result } from './load/run.ts'
import { run } from './load/run.ts'

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const read = readOptions(args)
  if (read.kind === 'help') {
    console.log(help)
    return 0
  }
  if (read.kind === 'wrong') {
    console.error(`load: ${read.why} (--help shows all flags)`)
    return 2
  }
  const stop = new AbortController()
  // The first Ctrl+C ends the test and prints what it has; the second one leaves at once.
  process.once('SIGINT', () => {
    stop.abort()
    process.once('SIGINT', () => process.exit(130))
  })
  const live = new LiveLine(process.stdout)
  try {
    const result = await run(read.options, stop.signal, (second) => live.show(second))
    live.end()
    console.log(`\n${titleOf(read.options)}\n${table(result)}`)
    write(read.options, result)
    return isWell(result) ? 0 : 1
  } catch (error) {
    live.end()
    console.error(`load: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  }
}

function titleOf({ clients, rooms, rate, inFlight, size }: Options): string {
  const pace = inFlight === null ? `${rate} messages a second` : `${inFlight} messages in flight`
  return `${clients} people, ${rooms} ${rooms === 1 ? 'room' : 'rooms'}, ${pace}, ${size} characters`
}

function write(options: Options, result: Result): void {
  if (options.json !== null) writeFileSync(options.json, `${toJson(result)}\n`)
  if (options.svg !== null) writeFileSync(options.svg, picture(result.seconds, titleOf(options)))
}
