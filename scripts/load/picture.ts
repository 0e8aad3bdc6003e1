/** Draws the latency of a run over time as an SVG that needs nothing else. It calculates nothing that is not drawn. */

import { ms } from './live.ts'
import type { Second } from './tally.ts'

const WIDTH = 800
const HEIGHT = 360
const LEFT = 70
const RIGHT = 20
const TOP = 50
const BOTTOM = 50

/** Times are on a logarithmic axis: what matters is whether p99 is twice or ten times p50. */
export function picture(seconds: readonly Second[], title: string): string {
  const shown = seconds.filter((second) => second.at >= 0 && second.p50 !== null && second.p99 !== null)
  const times = shown.flatMap(({ p50, p99 }) => [p50 ?? 0, p99 ?? 0]).map((time) => Math.max(0.01, time))
  const low = Math.floor(Math.log10(Math.min(1, ...times)))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(10, ...times))))
  const last = Math.max(1, ...shown.map((second) => second.at))
  const x = (at: number): number => LEFT + (at / last) * (WIDTH - LEFT - RIGHT)
  const y = (time: number): number =>
    TOP + ((high - Math.log10(Math.max(10 ** low, time))) / (high - low)) * (HEIGHT - TOP - BOTTOM)

  const lines: string[] = []
  for (let power = low; power <= high; power++) {
    const at = y(10 ** power).toFixed(1)
    lines.push(`<line class="grid" x1="${LEFT}" y1="${at}" x2="${WIDTH - RIGHT}" y2="${at}"/>`)
    lines.push(
      `<text x="${LEFT - 8}" y="${at}" dy="4" text-anchor="end">${ms(10 ** power).replace('.0', '')}</text>`,
    )
  }
  for (let n = 0; n <= 6; n++) {
    const at = Math.round((last * n) / 6)
    lines.push(
      `<text x="${x(at).toFixed(1)}" y="${HEIGHT - BOTTOM + 20}" text-anchor="middle">${at} s</text>`,
    )
  }
  for (const quantile of ['p50', 'p99'] as const) {
    const points = shown.map((second) => `${x(second.at).toFixed(1)},${y(second[quantile] ?? 0).toFixed(1)}`)
    lines.push(`<polyline class="${quantile}" points="${points.join(' ')}"/>`)
  }
  const key = WIDTH - RIGHT - 120
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${escaped(title)}</title>
<style>
  svg { background: #fdfaf4; font: 13px system-ui, sans-serif; fill: #4a4036 }
  .grid { stroke: #e4dccd } polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
  .p50 { stroke: #3f7d6e; fill: none } .p99 { stroke: #b3702a; fill: none }
</style>
<text x="${LEFT}" y="26" font-size="15">${escaped(title)}</text>
<path class="p50" stroke-width="2" d="M${key} 40h20"/><text x="${key + 26}" y="44">p50</text>
<path class="p99" stroke-width="2" d="M${key + 64} 40h20"/><text x="${key + 90}" y="44">p99</text>
${lines.join('\n')}
</svg>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
