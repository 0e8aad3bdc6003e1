/** What growth looks like in docs/performance.md: a table for each series. It calculates nothing but units. */

import { grid } from './document.ts'
import type { Point, Series } from './growth.ts'
import { IN_FLIGHT } from './growth.ts'
import { count, megabytes, within } from './row.ts'

const firsts: Record<Series['of'], string> = {
  members: 'members of one room',
  rooms: 'rooms of one person',
  history: 'messages before',
}

export function growthSection(all: readonly Series[]): string {
  const intro = `${IN_FLIGHT} messages under way in all, of everybody in turn; in brackets the lowest and the highest round.`
  const notes = all.flatMap(({ notes }) => notes.map((note) => `- ${note}`))
  return [intro, ...all.map(tableOf), ...(notes.length > 0 ? [notes.join('\n')] : [])].join('\n\n')
}

function tableOf({ of, points }: Series): string {
  const isPast = of === 'history'
  const head = [
    firsts[of],
    'messages a second',
    ...(of === 'members' ? ['deliveries a second'] : []),
    'server CPU for one',
    'memory',
    ...(isPast ? ['on disk', 'ready after'] : []),
  ]
  const line = ({ size, messages, deliveries, cpu, rss, disk, ready }: Point): string[] => [
    count(size),
    within(messages, count, ''),
    ...(of === 'members' ? [count(deliveries)] : []),
    `${count(cpu)} µs`,
    megabytes(rss),
    ...(isPast ? [disk === null ? '–' : megabytes(disk), ready === null ? '–' : `${count(ready)} ms`] : []),
  ]
  return grid(head, points.map(line))
}
