/** What a process on this machine costs, read from /proc. Elsewhere, or for somebody else's process, it says `null`. */

import { readFileSync, writeFileSync } from 'node:fs'

export interface Cost {
  /** CPU seconds of all threads since the process began. */
  cpu: number
  /** Resident bytes. */
  rss: number
}

/** Linux has counted process times in hundredths of a second for decades. */
const TICKS_PER_SECOND = 100
const PAGE = 4096

export function costOf(pid: number): Cost | null {
  try {
    // The name in brackets may hold anything; what follows its last bracket is numbers.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      cpu: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      rss: Number(fields[21]) * PAGE,
    }
  } catch {
    // No /proc, or no such process any more: both mean that there is nothing to show.
    return null
  }
}

/** The most bytes that were resident at once, since its start or since `forgetPeak`: the system saw each moment. */
export function peakOf(pid: number): number | null {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]) * 1024
  } catch {
    // As above.
    return null
  }
}

export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // As above; or it may not be forgotten here, and then what was before counts too.
  }
}

/** CPU seconds that the whole machine has spent so far, whoever spent them; `null` where there is no /proc. */
export function machineCpu(): number | null {
  try {
    // user, nice, system, idle, iowait, irq, softirq; what is stolen by neighbours is not ours to count.
    const [user, nice, system, , , irq, softirq] = readFileSync('/proc/stat', 'latin1')
      .slice(5)
      .trim()
      .split(' ', 7)
    return (
      [user, nice, system, irq, softirq].reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND
    )
  } catch {
    // As above.
    return null
  }
}
