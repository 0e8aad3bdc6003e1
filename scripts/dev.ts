/** `npm run dev`: builds the page and starts the server again whenever a file changes. Flags go to the server. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watch } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
/** ms of quiet after a change: editors write a file in several steps. */
const quiet = 100

let server: ChildProcess | null = null
let timer: NodeJS.Timeout | undefined
let turn = Promise.resolve()

for (const folder of ['client', 'src']) watch(join(root, folder), { recursive: true }, later)
process.on('SIGINT', () => void leave())
process.on('SIGTERM', () => void leave())
later()

function later(): void {
  clearTimeout(timer)
  timer = setTimeout(() => {
    turn = turn.then(renew)
  }, quiet)
}

async function renew(): Promise<void> {
  const build = spawn(process.execPath, ['scripts/build.ts', '--if-changed'], { cwd: root, stdio: 'inherit' })
  await once(build, 'exit')
  await end()
  server = spawn(process.execPath, ['src/main.ts', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
}

async function end(): Promise<void> {
  if (server === null || server.exitCode !== null || server.signalCode !== null) return
  server.kill('SIGTERM')
  await once(server, 'exit')
}

async function leave(): Promise<void> {
  clearTimeout(timer)
  await turn
  await end()
  process.exit(0)
}
