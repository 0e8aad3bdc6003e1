/** The table of all settings: what each is called, how it is written, what it is when nobody says, and the help. */

import { logLevels } from '../log.ts'
import type { Read } from './values.ts'
import { duration, oneOf, origins, proxies, rate, text, whole, yes } from './values.ts'

export interface Option<T> {
  /** Of the flag. The environment knows it as PARLOUR_NAME, the file by the same name. */
  name: string
  read: Read<T>
  /** When nobody says. */
  absent: () => T
  /** Stands after the flag in the help; `null`: a flag without a value. */
  value: string | null
  help: string
  short?: string
  /** A further environment variable, as hosts of applications set it. */
  env?: string
}

export const options = {
  port: option('port', 'PORT', whole(0, 65_535), '8080', 'Port to listen on; 0: any free one', {
    short: 'p',
    env: 'PORT',
  }),
  host: optional('host', 'ADDRESS', text, 'Address to listen on [all]'),
  data: option('data', 'FOLDER', text, './data', 'Where messages are kept'),
  memory: option('memory', null, yes, 'false', 'Keep everything in memory, nothing on disk'),
  ttl: option('temp-ttl', 'TIME', duration('1s', '7d'), '10s', 'Lifetime of a temporary message'),
  sweep: option('sweep', 'TIME', duration('100ms', '1h'), '1s', 'How often expired messages are removed'),
  vanishGrace: option(
    'vanish-grace',
    'TIME',
    duration('0s', '30d'),
    '60s',
    'How long a vanishing room outlives its last connection',
  ),
  forgetGuests: option(
    'forget-guests',
    'TIME',
    duration('1m', '3650d'),
    '30d',
    'Absence after which guests who never wrote are forgotten',
  ),
  rate: option('rate-limit', 'RATE', rate, '10/2', 'Messages at once / per second of a person; or off'),
  trustProxy: option(
    'trust-proxy',
    'WHO',
    proxies,
    'loopback',
    'Proxies to believe: loopback, none or addresses',
  ),
  allowOrigin: option(
    'allow-origin',
    'ORIGINS',
    origins,
    '',
    'Further origins to trust like our own, such as behind a proxy',
  ),
  metrics: option(
    'metrics',
    'WHO',
    oneOf('local', 'off', 'all'),
    'local',
    'Who may read /metrics: local, off or all',
  ),
  perAddress: option(
    'connections-per-address',
    'N',
    whole(1, 1_000_000),
    '2000',
    'Open connections of one address',
  ),
  perPerson: option('connections-per-person', 'N', whole(1, 10_000), '50', 'Open connections of one person'),
  synchronous: option(
    'synchronous',
    'MODE',
    oneOf('full', 'normal'),
    'full',
    'full, or normal: faster, may lose messages in a power cut',
  ),
  log: option('log', 'FILE', text, 'stdout', 'Where the log goes'),
  logLevel: option(
    'log-level',
    'LEVEL',
    oneOf(...logLevels),
    'info',
    `Least to log: ${logLevels.join(', ')}`,
  ),
  logFormat: optional('log-format', 'FORMAT', oneOf('json', 'text'), 'json or text [text on a terminal]'),
}

export const allOptions: Option<unknown>[] = Object.values(options)

/** For the terminal; ends without a line break. `tasks`: what the command does besides serving. */
export function helpText(tasks: readonly [usage: string, help: string][] = []): string {
  const rows = allOptions.map(({ name, short, value, help }) => {
    return [`${short ? `-${short}, ` : '    '}--${name}${value === null ? '' : ` ${value}`}`, help] as const
  })
  rows.push(['    --config FILE', 'Settings as JSON, named like the flags: {"port": 8080}'])
  rows.push(['-h, --help', 'Show this'], ['-v, --version', 'Show the version'])
  const width = Math.max(...rows.map(([flag]) => flag.length))
  const lines = (some: readonly (readonly [string, string])[]) =>
    some.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`)
  return [
    'Parlour: a chat that one command starts and one link fills.',
    '',
    'Usage: parlour [flags]        in its folder: npm start -- [flags]',
    ...(tasks.length === 0 ? [] : ['   or: parlour TASK [flags], such as --data', '', ...lines(tasks)]),
    '',
    ...lines(rows),
    '',
    'In brackets is what holds when nobody says anything else.',
    'A TIME is written 500ms, 10s, 1m, 12h or 30d. Each flag can also stand in the environment, as in',
    'PARLOUR_TEMP_TTL=10s (the port also as PORT), or in the file. A flag goes over the environment,',
    'the environment over the file.',
  ].join('\n')
}

type More = Pick<Option<unknown>, 'short' | 'env'>

function option<T>(
  name: string,
  value: string | null,
  read: Read<T>,
  fallback: string,
  help: string,
  more: More = {},
): Option<T> {
  const told = fallback === '' || value === null ? help : `${help} [${fallback}]`
  return { name, read, absent: () => read(fallback), value, help: told, ...more }
}

function optional<T>(name: string, value: string, read: Read<T>, help: string): Option<T | null> {
  return { name, read, absent: () => null, value, help }
}
