/** The flags of the load test, checked. It starts nothing and prints nothing. */

import { parseArgs } from 'node:util'
import { SMALLEST } from './stamp.ts'

export interface Options {
  url: URL
  clients: number
  rooms: number
  /** Messages per second, all rooms together; `null` with `inFlight`. */
  rate: number | null
  /** Messages on their way at any time; `null` with `rate`. */
  inFlight: number | null
  seconds: number
  /** Characters of a body. */
  size: number
  /** Seconds over which the clients arrive. */
  ramp: number
  /** Of the server, for its CPU and memory; `null`: ask /healthz. */
  pid: number | null
  json: string | null
  svg: string | null
}

export const help = `Sends real traffic to a Parlour server and checks every message on every client.

  npm run load -- --url http://localhost:8080 --clients 1000 --rooms 1 --rate 50 --seconds 30

  --url URL        the server                               http://localhost:8080
  --clients N      people, each with a connection           1000
  --rooms N        rooms, the people spread evenly          1
  --rate N         messages per second, all rooms together  50
  --in-flight N    instead of --rate: so many messages on their way at any time, as fast as it goes
  --seconds N      how long to send                         30
  --size N         characters of a message                  100
  --ramp N         seconds over which people arrive         5
  --pid N          process of the server, for its CPU and memory (else asked of /healthz)
  --json FILE      write the result as JSON
  --svg FILE       draw the latency over time
  --help           this

Start the server with --rate-limit off, or its limits on one address are what you measure.
Exit code: 0 all well, 1 a message was lost, doubled or out of order, or nothing ran; 2 wrong flags.`

const flags = {
  url: { type: 'string', default: 'http://localhost:8080' },
  clients: { type: 'string', default: '1000' },
  rooms: { type: 'string', default: '1' },
  rate: { type: 'string' },
  'in-flight': { type: 'string' },
  seconds: { type: 'string', default: '30' },
  size: { type: 'string', default: '100' },
  ramp: { type: 'string', default: '5' },
  pid: { type: 'string' },
  json: { type: 'string' },
  svg: { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

export type Read = { kind: 'run'; options: Options } | { kind: 'help' } | { kind: 'wrong'; why: string }

export function readOptions(args: readonly string[]): Read {
  try {
    const { values } = parseArgs({ args: [...args], options: flags, strict: true, allowPositionals: false })
    if (values.help) return { kind: 'help' }
    const closed = values['in-flight'] !== undefined
    if (closed && values.rate !== undefined) throw new Wrong('--rate and --in-flight exclude each other')
    const options: Options = {
      url: readUrl(values.url),
      clients: whole('clients', values.clients, 1, 50_000),
      rooms: whole('rooms', values.rooms, 1, 50_000),
      rate: closed ? null : number('rate', values.rate ?? '50', 0.01, 1_000_000),
      inFlight: closed ? whole('in-flight', values['in-flight'] ?? '', 1, 100_000) : null,
      seconds: number('seconds', values.seconds, 0.1, 86_400),
      size: whole('size', values.size, SMALLEST, 16_000),
      ramp: number('ramp', values.ramp, 0, 3600),
      pid: values.pid === undefined ? null : whole('pid', values.pid, 1, 2 ** 31),
      json: values.json ?? null,
      svg: values.svg ?? null,
    }
    if (options.rooms > options.clients) throw new Wrong('--rooms must not be more than --clients')
    return { kind: 'run', options }
  } catch (error) {
    if (error instanceof Wrong) return { kind: 'wrong', why: error.message }
    // parseArgs throws TypeErrors whose first sentence is meant for a person.
    if (error instanceof TypeError) return { kind: 'wrong', why: error.message.split('. ')[0]! }
    throw error
  }
}

class Wrong extends Error {}

function readUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new Wrong(`--url wants an address such as http://localhost:8080, not “${text}”`)
  }
  return url
}

function number(flag: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most) return value
  throw new Wrong(`--${flag} wants a number from ${least} to ${most}, not “${text}”`)
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = number(flag, text, least, most)
  if (Number.isInteger(value)) return value
  throw new Wrong(`--${flag} wants a whole number, not “${text}”`)
}
