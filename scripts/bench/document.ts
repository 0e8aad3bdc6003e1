/** The result as a table, for the terminal and between two marks of docs/performance.md. It touches nothing outside the marks. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import type { Row } from './row.ts'

const BEGIN = '<!-- bench -->'
const END = '<!-- /bench -->'
const head = ['what', 'Parlour', 'against', 'ratio', 'wanted', '']

export function machine(): string {
  const [cpu] = cpus()
  const memory = Math.round(totalmem() / 2 ** 30)
  const cores = cpus().length
  return `${cores} × ${cpu?.model.trim() ?? 'unknown CPU'}, ${memory} GiB, ${process.platform} ${release()}, Node ${process.versions.node}`
}

/** Columns padded, so that it reads well as plain text too. */
export function table(rows: readonly Row[]): string {
  const cells = [
    head,
    ...rows.map((row) => [row.what, row.ours, otherOf(row), row.ratio, row.wanted, markOf(row)]),
  ]
  const widths = head.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)))
  const lines = cells.map((line) => `| ${line.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`)
  const notes = rows.flatMap((row) => row.notes.map((note) => `- ${row.what.slice(0, 1)}: ${note}`))
  return [...lines, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n')
}

function otherOf({ bare, than = 'bare `ws`' }: Row): string {
  return bare === '–' ? bare : `${bare} (${than})`
}

function markOf({ isReached, mark }: Row): string {
  if (mark !== undefined) return mark
  if (isReached === null) return ''
  return isReached ? 'reached' : 'missed'
}

export function section(rows: readonly Row[], command: string, date: Date): string {
  return `Measured ${date.toISOString().slice(0, 10)} with \`${command}\` on ${machine()}.\n\n${table(rows)}`
}

/** Puts the section between the marks, or at the end of a file that has none. */
export function replaceSection(text: string, fresh: string): string {
  const begin = text.indexOf(BEGIN)
  const end = text.indexOf(END)
  if (begin < 0 || end < begin) return `${text.trimEnd()}\n\n${BEGIN}\n${fresh}\n${END}\n`
  return `${text.slice(0, begin)}${BEGIN}\n${fresh}\n${text.slice(end)}`
}

export function writeSection(file: string, fresh: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '# Performance\n'
  writeFileSync(file, replaceSection(text, fresh))
}
