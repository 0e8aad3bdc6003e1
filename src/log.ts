/** Writes what happens, one line each: JSON for machines, readable for a person. It never holds a line back. */

import { openSync, writeSync } from 'node:fs'
import type { Log } from './engine/ports.ts'

const levels = ['info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof levels)[number]
export const logLevels: readonly LogLevel[] = levels

export interface LogSettings {
  /** `stdout` or a file, to which lines are added. */
  to: string
  /** What is less than this is not written. */
  level: LogLevel
  /** `null`: readable on a terminal, else JSON. */
  format: 'json' | 'text' | null
}

type Fields = Record<string, unknown>

/** Throws when the file cannot be opened. */
export function openLog({ to, level, format }: LogSettings): Log {
  const isStdout = to === 'stdout'
  const isTerminal = isStdout && process.stdout.isTTY === true
  const lineOf = (format ?? (isTerminal ? 'text' : 'json')) === 'json' ? jsonLine : textLine
  const write = isStdout ? toStdout() : toFile(to)
  const from = levels.indexOf(level)
  const at =
    (name: LogLevel) =>
    (event: string, fields: Fields = {}) => {
      if (levels.indexOf(name) >= from) write(`${lineOf(new Date(), name, event, plainly(fields))}\n`)
    }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

export function jsonLine(at: Date, level: LogLevel, event: string, fields: Fields): string {
  return JSON.stringify({ at: at.toISOString(), level, event, ...fields })
}

export function textLine(at: Date, level: LogLevel, event: string, fields: Fields): string {
  const mark = { info: ' ', warn: '!', error: '✗', silent: ' ' }[level]
  const rest = Object.entries(fields).map(([name, value]) => {
    return `${name}=${typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value)}`
  })
  return [at.toTimeString().slice(0, 8), mark, event, ...rest].join(' ')
}

/** Errors have no fields of their own that JSON would see. */
function plainly(fields: Fields): Fields {
  const plain: Fields = {}
  for (const [name, value] of Object.entries(fields)) {
    plain[name] = value instanceof Error ? (value.stack ?? value.message) : value
  }
  return plain
}

/** Node writes to terminals, files and (but on Windows) pipes at once, so the last line of a process gets out too. */
function toStdout(): (line: string) => void {
  // Whoever read our output has gone; there is nobody to tell, and it is no reason to stop serving.
  process.stdout.on('error', () => undefined)
  return (line) => void process.stdout.write(line)
}

/** A line is written before the call returns: into the system's memory, not onto the disk. */
function toFile(path: string): (line: string) => void {
  const file = openSync(path, 'a', 0o600)
  let isLost = false
  return (line) => {
    try {
      writeSync(file, line)
      isLost = false
    } catch (error) {
      // A full disk must not stop the server. Said once, until it works again.
      if (!isLost) process.stderr.write(`parlour: the log cannot be written: ${String(error)}\n`)
      isLost = true
    }
  }
}
