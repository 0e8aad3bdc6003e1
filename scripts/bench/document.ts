/** The result as a table, for the terminal and between marks of docs/performance.md. It touches nothing outside the marks. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import type { Row } from './row.ts'

const head = ['what', 'Parlour', 'against', 'ratio', 'wanted', '']

export function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const cores = cpus().length
  return `${cores} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${release()}, Node ${process.versions.node}`
}

export function table(rows: readonly Row[]): string {
  const lines = rows.map((row) => [row.what, row.ours, otherOf(row), row.ratio, row.wanted, markOf(row)])
  const notes = rows.flatMap((row) => row.notes.map((note) => `- ${row.what.slice(0, 1)}: ${note}`))
  return [grid(head, lines), ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

/** Columns padded, so that it reads well as plain text too. */
export function grid(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines]
  const widths = head.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0)))
  const drawn = all.map((line) => `| ${line.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`)
  drawn.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  return drawn.join('\n')
}

function otherOf({ bare, than = 'bare `ws`' }: Row): string {
  return bare === '–' ? bare : `${bare} (${than})`
}

function markOf({ isReached, mark }: Row): string {
  if (mark !== undefined) return mark
  if (isReached === null) return ''
  return isReached ? 'reached' : 'missed'
}

/** What was measured, with what, when and where. */
export function section(content: string, command: string, date: Date): string {
  return `Measured ${date.toISOString().slice(0, 10)} with \`${command}\` on ${machine()}.\n\n${content}`
}

/** Puts the section between the marks of that name, or at the end of a file that has none. */
export function replaceSection(text: string, name: string, fresh: string): string {
  const [opening, closing] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const begin = text.indexOf(opening)
  const end = text.indexOf(closing)
  if (begin < 0 || end < begin) return `${text.trimEnd()}\n\n${opening}\n${fresh}\n${closing}\n`
  return `${text.slice(0, begin)}${opening}\n${fresh}\n${text.slice(end)}`
}

export function writeSection(file: string, name: string, fresh: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n'
  writeFileSync(file, replaceSection(text, name, fresh))
}
