/** Real servers for tests: in this process, or as a child that can be killed. All parts are real; the port is free. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { program } from '../../scripts/program.ts'
import { clock as realClock } from '../../src/clock.ts'
import type { Config } from '../../src/config.ts'
import { readConfig } from '../../src/config.ts'
import type { Clock } from '../../src/engine/ports.ts'
import { open } from '../../src/parlour.ts'
import type { MemoryLog } from './log.ts'
import { memoryLog } from './log.ts'

export interface TestServer {
  port: number
  /** `http://127.0.0.1:PORT` */
  url: string
  /** `ws://127.0.0.1:PORT/ws` */
  socketUrl: string
  log: MemoryLog
  stop(): Promise<void>
}

export interface ServerOptions {
  /** As on the command line, such as `['--temp-ttl', '1s']`. Without `--data` all is in memory. */
  flags?: string[]
  /** Changes what no flag reaches. */
  adjust?: (config: Config) => Config
  clock?: Clock
  /** It stops by itself at the end of this test. */
  test?: TestContext
}

/** A server in this process. */
export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const { flags = [], adjust = (config) => config, clock = realClock, test } = options
  const log = memoryLog()
  const config = adjust(configOf([...flags, ...(flags.includes('--data') ? [] : ['--memory'])]))
  const onFailure = (error: Error) => log.error('test.store_failed', { error })
  const running = await open(config, { clock, log, version: '0.0.0-test', onFailure })
  const stop = () => running.stop()
  test?.after(stop)
  return { ...urlsOf(running.port), log, stop }
}

export interface ChildServer {
  port: number
  url: string
  socketUrl: string
  pid: number
  process: ChildProcess
  /** Lines of its log so far. */
  lines: Record<string, unknown>[]
  /** Resolves with the exit code once it is gone; `null` after SIGKILL. */
  kill(signal: NodeJS.Signals): Promise<number | null>
}

export interface SpawnOptions {
  /** Folder of the database; without it all is in memory. */
  data?: string
  flags?: string[]
  /** 0, any free one, unless a server must come back where it was. */
  port?: number
  env?: NodeJS.ProcessEnv
  test?: TestContext
}

/** A server as a process of its own. Rejects with its last words when it does not start. */
export async function spawnServer(options: SpawnOptions = {}): Promise<ChildServer> {
  const { data, flags = [], port = 0, env = {}, test } = options
  const where = data === undefined ? ['--memory'] : ['--data', data]
  const args = [...program, '--port', String(port), ...where, '--log-format', 'json', ...flags]
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const gone = once(child, 'exit').then(([code]): number | null => (typeof code === 'number' ? code : null))
  test?.after(() => void child.kill('SIGKILL'))
  let words = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text
  })
  const lines: Record<string, unknown>[] = []
  const listening = new Promise<number>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line: unknown = JSON.parse(text)
      if (typeof line !== 'object' || line === null) return
      lines.push({ ...line })
      if ('event' in line && line.event === 'listening' && 'port' in line) resolve(Number(line.port))
    })
  })
  const died = gone.then((code) => {
    throw new Error(`the server ended with ${code}: ${words}`)
  })
  // Whoever waits for the start hears of it; later it is `kill` that asks.
  died.catch(() => undefined)
  const actual = await Promise.race([listening, died])
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return gone
  }
  return { ...urlsOf(actual), pid: child.pid!, process: child, lines, kill }
}

/** Runs the command until it ends by itself. */
export async function runCommand(
  args: string[],
  env: NodeJS.ProcessEnv = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [...program, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const out = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    out.stderr += text
  })
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : null, ...out }
}

/** A folder that is gone after the test. */
export function tempFolder(test: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'parlour-test-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export function configOf(flags: string[]): Config {
  const wish = readConfig(['--port', '0', '--host', '127.0.0.1', ...flags], {})
  if (wish.kind !== 'run') throw new Error(`no configuration: ${JSON.stringify(wish)}`)
  return wish.config
}

function urlsOf(port: number) {
  return { port, url: `http://127.0.0.1:${port}`, socketUrl: `ws://127.0.0.1:${port}/ws` }
}
