/** Runs all tests, or those whose path contains an argument. Says loudly when those in a browser cannot run. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { findChromium } from '../test/support/chromium.ts'

/** ms of one test: what hangs shall say which it is. */
const PATIENCE = 300_000

const root = join(import.meta.dirname, '..')
const wanted = process.argv.slice(2)
const all = globSync('test/**/*.test.ts', { cwd: root }).sort()
const files = all.filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)))

if (files.length === 0) {
  console.error(`test: no test file is called like ${wanted.join(', ')}`)
  process.exit(2)
}

const chromium = findChromium()
if (chromium === null) warn()
const concurrency = String(Math.max(1, Math.min(4, availableParallelism())))
const flags = ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${PATIENCE}`]
flags.push('--import', './test/support/end.ts')
const run = spawn(process.execPath, [...flags, ...files], {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
  env: { ...process.env, ...(chromium === null ? {} : { PARLOUR_CHROMIUM: chromium }) },
})
const [code] = await once(run, 'exit')
if (chromium === null) warn()
process.exit(typeof code === 'number' ? code : 1)

function warn(): void {
  const line = '!'.repeat(78)
  console.error(`\n${line}\n!! No Chrome or Chromium was found: THE TESTS IN A BROWSER DO NOT RUN.`)
  console.error(`!! Install one, or say where it is: PARLOUR_CHROMIUM=/path/to/chrome\n${line}\n`)
}
