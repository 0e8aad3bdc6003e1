/** A log that remembers, so that a test can ask what was said. It prints nothing. */

import type { Log } from '../../src/engine/ports.ts'

export interface Line {
  level: 'info' | 'warn' | 'error'
  event: string
  fields: Record<string, unknown>
}

export interface MemoryLog extends Log {
  readonly lines: Line[]
  /** Lines of this event, oldest first. */
  of(event: string): Line[]
}

export function memoryLog(): MemoryLog {
  const lines: Line[] = []
  const at =
    (level: Line['level']) =>
    (event: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, event, fields })
  return {
    lines,
    of: (event) => lines.filter((line) => line.event === event),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
}
