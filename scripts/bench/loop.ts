/** Asks our server how late its main thread was, over one stretch of time. It asks twice and never in between. */

import type { Loop } from './job.ts'

/** Begins the stretch; what it returns ends it. `null` from a server that has no such figures. */
export async function watchLoop(port: number): Promise<() => Promise<Loop | null>> {
  const before = await look(port)
  return async () => loopBetween(before, await look(port))
}

/** Two texts as `/metrics` gives them. The loop's delay is that since the look before; the rest counts from the start. */
export function loopBetween(before: string, after: string): Loop | null {
  const p99 = figureOf(after, 'parlour_loop_delay_seconds{quantile="0.99"}')
  const grown = (name: string): number =>
    (figureOf(after, name) ?? Number.NaN) - (figureOf(before, name) ?? 0)
  const writes = grown('parlour_fanout_seconds_count')
  const took = grown('parlour_fanout_seconds_sum')
  if (p99 === null || Number.isNaN(writes) || Number.isNaN(took)) return null
  return { p99: p99 * 1000, fanOut: writes > 0 ? (took / writes) * 1000 : 0 }
}

async function look(port: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`)
  return answer.ok ? await answer.text() : ''
}

/** Of a line `name value`; `null` when there is none. */
function figureOf(text: string, name: string): number | null {
  const line = text.split('\n').find((one) => one.startsWith(`${name} `))
  return line === undefined ? null : Number(line.slice(name.length + 1))
}
