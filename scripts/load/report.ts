/** What a finished run says: a table for a person, an object for a program. It decides one thing, whether all went well. */

import { count, megabytes, ms } from './live.ts'
import type { Result } from './run.ts'

/** How many kinds of errors the table names. */
const SHOWN = 8

/** False when a message was lost, doubled or out of order, or when nothing was tried at all. */
export function isWell({ verdict, tally, members }: Result): boolean {
  return verdict.lost + verdict.doubled + verdict.misordered === 0 && members > 0 && tally.acked > 0
}

export function table(result: Result): string {
  const { options, tally, verdict, members, sending, server } = result
  const { latency } = tally
  const rows: [string, string][] = [
    [
      'people',
      `${count(members)} of ${count(options.clients)}, in ${count(options.rooms)} ${options.rooms === 1 ? 'room' : 'rooms'}`,
    ],
    ['sent', `${count(tally.sent)} in ${sending.toFixed(1)} s, ${count(tally.acked)} acknowledged`],
    [
      'delivered',
      `${count(tally.delivered)} of ${count(verdict.expected)}, ${count(tally.delivered / Math.max(0.001, sending))} a second`,
    ],
    [
      'latency',
      `p50 ${ms(latency.quantile(0.5))} · p95 ${ms(latency.quantile(0.95))} · p99 ${ms(latency.quantile(0.99))} · most ${ms(latency.total === 0 ? null : latency.max)}`,
    ],
    ['lost', count(verdict.lost)],
    ['doubled', count(verdict.doubled)],
    ['out of order', count(verdict.misordered)],
    ['errors', count(tally.errorCount)],
  ]
  if (tally.retried > 0) rows.push(['sent again', `${count(tally.retried)}, as the server asked`])
  if (tally.heldBack > 0) rows.push(['held back', `${count(tally.heldBack)}, as nobody could send more`])
  if (tally.gaps > 0) rows.push(['gaps healed', count(tally.gaps)])
  if (tally.reconnects > 0) rows.push(['reconnected', count(tally.reconnects)])
  if (verdict.skipped > 0) rows.push(['skipped', `${count(verdict.skipped)}, by fresh windows`])
  if (server !== null) {
    const share = (server.cpu / Math.max(0.001, sending)) * 100
    const perMillion = tally.delivered === 0 ? '–' : ((server.cpu / tally.delivered) * 1e6).toFixed(2)
    rows.push([
      'server',
      `CPU ${share.toFixed(0)} %, ${perMillion} s per million deliveries, ${megabytes(server.rss)}`,
    ])
  }
  const lines = rows.map(([name, value]) => `  ${name.padEnd(14)}${value}`)
  const errors = [...tally.errors].sort((a, b) => b[1] - a[1])
  for (const [kind, times] of errors.slice(0, SHOWN)) lines.push(`  ${`${times} ×`.padStart(12)}  ${kind}`)
  if (tally.tooFast > 0) {
    lines.push(
      '',
      `  The server slowed us down ${count(tally.tooFast)} times: start it with --rate-limit off.`,
    )
  }
  return lines.join('\n')
}

export function toJson(result: Result): string {
  const { options, tally, verdict, seconds, members, sending, server } = result
  const { latency, errors, ...counts } = tally
  const times = {
    p50: latency.quantile(0.5),
    p95: latency.quantile(0.95),
    p99: latency.quantile(0.99),
    max: latency.max,
  }
  return JSON.stringify(
    {
      isWell: isWell(result),
      options,
      members,
      sending,
      ...counts,
      latency: times,
      errors: Object.fromEntries(errors),
      verdict,
      server,
      seconds,
    },
    null,
    2,
  )
}
