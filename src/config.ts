/**
 * From flags, environment and file to one checked, frozen configuration. Nobody else reads `process.env` or flags.
 * A flag goes over the environment, that over the file, that over the default.
 */

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { SessionSettings } from './accounts/sessions.ts'
import type { Option } from './config/options.ts'
import { options } from './config/options.ts'
import { BadConfig } from './config/values.ts'
import type { Written } from './config/written.ts'
import { fromEnvironment, fromFile, fromFlags } from './config/written.ts'
import type { EngineSettings } from './engine/settings.ts'
import { engineDefaults } from './engine/settings.ts'
import type { LogSettings } from './log.ts'
import type { NetSettings } from './net/settings.ts'
import { netDefaults } from './net/settings.ts'
import type { Rate } from './state/bucket.ts'

export { helpText } from './config/options.ts'

export interface Config {
  readonly port: number
  /** Somebody chose the port, so no other will do. */
  readonly isPortChosen: boolean
  /** `null`: all interfaces. */
  readonly host: string | null
  /** Folder of the database; `null`: everything stays in memory. */
  readonly data: string | null
  readonly synchronous: 'full' | 'normal'
  readonly log: LogSettings
  readonly engine: EngineSettings
  readonly net: NetSettings
  readonly sessions: SessionSettings
}

export type Wish =
  | { kind: 'run'; config: Config }
  | { kind: 'help' }
  | { kind: 'version' }
  /** `why` is one line. */
  | { kind: 'wrong'; why: string }

/** ms after which a session is over, however much it was used. */
const sessionAbsolute = 90 * 24 * 3600 * 1000
/** Files that the server needs open besides connections: database, workers, log, page. */
const spareFiles = 256

/** `argv` without the program. */
export function readConfig(argv: readonly string[], env: NodeJS.ProcessEnv): Wish {
  try {
    const flags = fromFlags(argv)
    if (flags.has('help')) return { kind: 'help' }
    if (flags.has('version')) return { kind: 'version' }
    const environment = fromEnvironment(env)
    const path = flags.get('config') ?? environment.get('config')
    const file = path === undefined ? [] : fromFile(path.text)
    return { kind: 'run', config: build(new Map([...file, ...environment, ...flags])) }
  } catch (error) {
    if (error instanceof BadConfig) return { kind: 'wrong', why: error.message }
    throw error
  }
}

function build(written: Written): Config {
  const the = <T>(option: Option<T>): T => wanted(option, written)
  const rate = the(options.rate)
  const forgetGuestsAfter = the(options.forgetGuests)
  const folder = the(options.data)
  return freeze({
    port: the(options.port),
    isPortChosen: written.has('port'),
    host: the(options.host),
    data: the(options.memory) ? null : resolve(folder),
    synchronous: the(options.synchronous),
    log: { to: the(options.log), level: the(options.logLevel), format: the(options.logFormat) },
    engine: {
      ...engineDefaults,
      ttl: the(options.ttl),
      sweepEvery: the(options.sweep),
      vanishGrace: the(options.vanishGrace),
      forgetGuestsAfter,
      rate: rate && ratesFor(rate),
    },
    net: {
      ...netDefaults,
      trustProxy: the(options.trustProxy),
      metrics: the(options.metrics),
      allowOrigin: the(options.allowOrigin),
      connectionsPerAddress: the(options.perAddress),
      connectionsPerPerson: the(options.perPerson),
      connections: Math.max(16, openFiles() - spareFiles),
      logins: rate && netDefaults.logins,
      upgrades: rate && netDefaults.upgrades,
      messages: rate && atLeast(netDefaults.messages, rate),
      texts: rate && atLeast(netDefaults.texts, rate),
      sessionCheck: Math.min(netDefaults.sessionCheck, forgetGuestsAfter / 4),
    },
    sessions: { idle: forgetGuestsAfter, absolute: sessionAbsolute },
  })
}

/** The other rates allow at least what one person may write. */
function ratesFor(person: Rate): EngineSettings['rate'] {
  const { rate } = engineDefaults
  return (
    rate && {
      person,
      address: atLeast(rate.address, person),
      light: atLeast(rate.light, person),
      lightByAddress: atLeast(rate.lightByAddress, person),
      names: rate.names,
    }
  )
}

const atLeast = <T extends Rate | null>(rate: T, least: Rate): T | Rate =>
  rate && {
    burst: Math.max(rate.burst, least.burst),
    perSecond: Math.max(rate.perSecond, least.perSecond),
  }

function wanted<T>({ name, read, absent }: Option<T>, written: Written): T {
  const given = written.get(name)
  if (given === undefined) return absent()
  try {
    return read(given.text)
  } catch (error) {
    if (error instanceof BadConfig) throw new BadConfig(`${given.from}: ${error.message}`)
    throw error
  }
}

/** How many files this process may have open. Node has raised the soft limit to the hard one when it started. */
function openFiles(): number {
  try {
    const soft = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
    return soft === undefined || soft === 'unlimited' ? 1_048_576 : Number(soft)
  } catch {
    // Only Linux has it. What the others allow is asked more slowly; Windows knows no such limit.
    return process.platform === 'win32' ? 65_536 : reportedFiles()
  }
}

function reportedFiles(): number {
  const text = JSON.stringify(process.report.getReport())
  return Number(/"open_files":\{"soft":"?(\d+)/.exec(text)?.[1] ?? 1024)
}

/** With everything in it. */
function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null) freeze(inner)
  }
  return Object.freeze(value)
}
