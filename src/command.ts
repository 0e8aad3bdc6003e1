/** The command: reads what is wanted, opens the house, and closes it on a signal. Everything else is elsewhere. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { addressesOf, banner } from './banner.ts'
import { clock } from './clock.ts'
import type { Config } from './config.ts'
import { helpText, readConfig } from './config.ts'
import type { Log } from './engine/ports.ts'
import { openLog } from './log.ts'
import type { Running } from './parlour.ts'
import { open } from './parlour.ts'

/** ms after which stopping has gone wrong. */
const stopPatience = 9500

/** `argv` without the program. Ends the process when there is nothing to run. */
export async function command(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [first] = argv
  if (first !== undefined && !first.startsWith('-')) {
    // Loaded only here, because a server needs none of it.
    const { perform } = await import('./commands/perform.ts')
    return perform(argv, env)
  }
  const wish = readConfig(argv, env)
  if (wish.kind === 'run') await run(wish.config)
  else if (wish.kind === 'help') await help()
  else if (wish.kind === 'version') process.stdout.write(`${version()}\n`)
  else complain(wish.why, 2)
}

async function help(): Promise<void> {
  const { taskRows } = await import('./commands/index.ts')
  process.stdout.write(`${helpText(taskRows)}\n`)
}

async function run(config: Config): Promise<void> {
  const log = logOf(config)
  const stopping = new AbortController()
  const running = start(config, log)
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1)
      stopping.abort()
      void running.then((open) => close(open, signal, log))
    })
  }
  await running
}

async function start(config: Config, log: Log): Promise<Running> {
  // Whatever nobody expected: a process in an unknown state must not go on acknowledging messages.
  process.on('uncaughtException', (error) => {
    log.error('crash', { error })
    process.exit(1)
  })
  try {
    const onFailure = () => process.exit(1)
    const running = await open(config, { clock, log, version: version(), onFailure })
    await tell(config, running.port, log)
    return running
  } catch (error) {
    return complain(explain(error, config), 1)
  }
}

async function tell(config: Config, port: number, log: Log): Promise<void> {
  const addresses = addressesOf(port, config.host)
  if (config.synchronous === 'normal') {
    log.warn('synchronous_normal', { why: 'a power cut may lose messages that were acknowledged' })
  }
  if (addresses.network.length > 0) {
    log.warn('plain_http', { why: 'in the network everything travels unencrypted; put TLS in front' })
  }
  log.info('listening', { port, urls: [addresses.local, ...addresses.network], pid: process.pid })
  if (process.stdout.isTTY) {
    const note = config.data === null ? 'Nothing is kept on disk.' : `Messages are in ${config.data}`
    process.stdout.write(await banner(addresses, note))
  }
}

async function close(running: Running, signal: string, log: Log): Promise<void> {
  log.info('stopping', { signal })
  setTimeout(() => {
    log.error('stop_timeout')
    process.exit(1)
  }, stopPatience).unref()
  try {
    await running.stop()
  } catch (error) {
    log.error('stop_failed', { error })
    process.exit(1)
  }
  log.info('stopped')
  process.exit(0)
}

function logOf(config: Config): Log {
  try {
    return openLog(config.log)
  } catch (error) {
    return complain(`the log ${config.log.to} cannot be opened: ${messageOf(error)}`, 1)
  }
}

/** One line for the person who started it. */
function explain(error: unknown, config: Config): string {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code === 'EADDRINUSE') return `port ${config.port} is in use; choose another with --port`
  if (code === 'EACCES') return `port ${config.port} may not be used; choose one above 1023 with --port`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `cannot listen on --host ${config.host}`
  // A bug shows where it is; all else says enough in its message.
  const isBug = error instanceof TypeError || error instanceof ReferenceError || error instanceof RangeError
  return isBug ? (error.stack ?? error.message) : messageOf(error)
}

function complain(why: string, code: 1 | 2): never {
  process.stderr.write(`parlour: ${why}\n`)
  process.exit(code)
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')
  return /"version": *"([^"]+)"/.exec(text)?.[1] ?? 'unknown'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
