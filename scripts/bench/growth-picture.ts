/** Draws growth as an SVG that needs nothing else: messages a second and memory, on logarithmic axes. It calculates no figure. */

import type { Point, Series } from './growth.ts'
import { count } from './row.ts'

const PANEL = { width: 260, height: 170 }
const LEFT = 76
const TOP = 56
/** Between two panels, side by side and one above the other. */
const GAP = { x: 30, y: 62 }

interface Measure {
  name: string
  className: string
  of(point: Point): number
  show(power: number): string
}

const measures: readonly Measure[] = [
  {
    name: 'messages a second',
    className: 'speed',
    of: ({ messages }) => messages.middle,
    show: (power) => count(10 ** power),
  },
  {
    name: 'memory',
    className: 'memory',
    of: ({ rss }) => rss / 1e6,
    show: (power) => `${count(10 ** power)} MB`,
  },
]

/** A column for each series, a row for each measure; panels of a row share their axis. */
export function growthPicture(all: readonly Series[], title: string): string {
  const width = LEFT + all.length * (PANEL.width + GAP.x)
  const height = TOP + measures.length * (PANEL.height + GAP.y)
  const panels = measures.flatMap((measure, row) => {
    const span = powers(all.flatMap(({ points }) => points.map(measure.of)))
    return all.map((series, column) => {
      const at = `translate(${LEFT + column * (PANEL.width + GAP.x)} ${TOP + row * (PANEL.height + GAP.y)})`
      return `<g transform="${at}">${panel(series, measure, span, column === 0)}</g>`
    })
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img">
<title>${title}</title>
<style>
  svg { background: #fdfaf4; font: 13px system-ui, sans-serif; fill: #4a4036 }
  .grid { stroke: #e4dccd } polyline { fill: none; stroke-width: 2; stroke-linejoin: round }
  .speed { stroke: #3f7d6e } circle.speed { fill: #3f7d6e } .memory { stroke: #b3702a } circle.memory { fill: #b3702a }
</style>
<text x="${LEFT}" y="22" font-size="15">${title}</text>
${panels.join('\n')}
</svg>
`
}

/** The powers of ten around all values, at least one apart. */
export function powers(values: readonly number[]): { low: number; high: number } {
  const known = values.filter((value) => value > 0)
  const low = Math.floor(Math.log10(Math.min(...known)))
  return { low, high: Math.max(low + 1, Math.ceil(Math.log10(Math.max(...known)))) }
}

function panel(
  { of, points }: Series,
  measure: Measure,
  { low, high }: { low: number; high: number },
  hasScale: boolean,
): string {
  const sizes = powers(points.map(({ size }) => size))
  const x = (size: number): number =>
    ((Math.log10(size) - sizes.low) / (sizes.high - sizes.low)) * PANEL.width
  const y = (value: number): number => ((high - Math.log10(value)) / (high - low)) * PANEL.height
  const drawn: string[] = [`<text x="0" y="-10">${measure.name}, by ${of}</text>`]
  for (let power = low; power <= high; power++) {
    const at = y(10 ** power).toFixed(1)
    drawn.push(`<line class="grid" x1="0" y1="${at}" x2="${PANEL.width}" y2="${at}"/>`)
    if (hasScale) drawn.push(`<text x="-8" y="${at}" dy="4" text-anchor="end">${measure.show(power)}</text>`)
  }
  for (let power = sizes.low; power <= sizes.high; power++) {
    const at = x(10 ** power).toFixed(1)
    drawn.push(
      `<text x="${at}" y="${PANEL.height + 18}" text-anchor="middle" font-size="11">${short(power)}</text>`,
    )
  }
  const places = points.map((point) => [x(point.size).toFixed(1), y(measure.of(point)).toFixed(1)] as const)
  drawn.push(
    `<polyline class="${measure.className}" points="${places.map((place) => place.join(',')).join(' ')}"/>`,
    ...places.map(([cx, cy]) => `<circle class="${measure.className}" cx="${cx}" cy="${cy}" r="3"/>`),
  )
  return drawn.join('')
}

/** 10,000 as `10k`, as there is little room. */
function short(power: number): string {
  if (power >= 6) return `${10 ** (power - 6)}M`
  return power >= 3 ? `${10 ** (power - 3)}k` : String(10 ** power)
}
