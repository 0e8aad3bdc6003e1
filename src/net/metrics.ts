/**
 * `GET /metrics`: what was counted, in the text format of Prometheus. By default only for this machine itself: a
 * scraper elsewhere comes through a proxy or a tunnel that decides who may. Written by hand, because the usual client library takes 10 MB
 * and 60 ms of the start.
 */

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Figure, Sample } from '../engine/ports.ts'
import { canonical } from './address.ts'
import type { Answer } from './answer.ts'
import { objection } from './answer.ts'
import type { NetSettings } from './settings.ts'
import type { Visit } from './visit.ts'

/** ms between two looks at how late the event loop is. */
const RESOLUTION = 10

/** What proxies add to a request, one or the other of them. */
const proxyHeaders = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
]

/** What the process itself can tell. Measures the loop's delay from its making on. */
export class ProcessFigures {
  readonly #delay: ReturnType<typeof monitorEventLoopDelay>

  constructor() {
    this.#delay = monitorEventLoopDelay({ resolution: RESOLUTION })
    this.#delay.enable()
  }

  /** `connections`: sockets open now. The loop's delay is that since the last call. */
  figures(connections: number): Figure[] {
    const { user, system } = process.cpuUsage()
    const quantiles = [0.5, 0.99, 1].map((quantile): Sample => {
      const delay = quantile === 1 ? this.#delay.max : this.#delay.percentile(quantile * 100)
      return { labels: { quantile: String(quantile) }, value: Math.max(0, delay / 1e9 - RESOLUTION / 1000) }
    })
    this.#delay.reset()
    return [
      one('parlour_connections', 'WebSockets open now', 'gauge', connections),
      one('process_cpu_seconds_total', 'CPU time, all threads', 'counter', (user + system) / 1e6),
      one('process_resident_memory_bytes', 'Memory', 'gauge', process.memoryUsage.rss()),
      {
        name: 'parlour_loop_delay_seconds',
        help: 'How late the event loop was since the last look',
        kind: 'gauge',
        samples: quantiles,
      },
    ]
  }
}

export function metrics(visit: Visit, who: NetSettings['metrics'], figures: () => readonly Figure[]): Answer {
  const isAllowed = who === 'all' || (who === 'local' && isLocal(visit))
  // Others get what they would get for any path that is none of ours.
  if (!isAllowed) return objection(404, 'not_found', 'There is nothing here.')
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8', 'cache-control': 'no-store' }
  return { status: 200, headers, body: figures().map(exposition).join('') }
}

/** One figure in Prometheus' text format. */
export function exposition({ name, help, kind, samples }: Figure): string {
  const lines = samples.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([label, text]) => `${label}=${quoted(text)}`)
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
  })
  return `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${lines.join('')}`
}

const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`

/** From here, and for nobody else, if proxies say that they are some: one that adds no header cannot be told. */
function isLocal({ address, headers }: Visit): boolean {
  const isLoopback = address.startsWith('127.') || address === canonical('::1')
  return isLoopback && proxyHeaders.every((name) => headers[name] === undefined)
}

function one(name: string, help: string, kind: Figure['kind'], value: number): Figure {
  return { name, help, kind, samples: [{ value }] }
}
