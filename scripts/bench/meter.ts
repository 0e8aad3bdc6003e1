/** Measures one stretch of time: CPU of the server and of the generator itself. It generates nothing. */

import { costOf, machineCpu } from '../load/process.ts'
import type { Outcome } from './job.ts'

type Measured = Pick<Outcome, 'seconds' | 'serverCpu' | 'generatorCpu' | 'othersCpu' | 'rss'>

/** Call it at the beginning; what it returns, at the end. */
export function measure(pid: number): () => Measured {
  const server = need(pid).cpu
  const own = process.cpuUsage()
  const all = machineCpu() ?? 0
  const start = performance.now()
  return () => {
    const spent = process.cpuUsage(own)
    const { cpu, rss } = need(pid)
    const serverCpu = cpu - server
    const generatorCpu = (spent.user + spent.system) / 1e6
    return {
      seconds: (performance.now() - start) / 1000,
      serverCpu,
      generatorCpu,
      othersCpu: Math.max(0, (machineCpu() ?? 0) - all - serverCpu - generatorCpu),
      rss,
    }
  }
}

export function need(pid: number): { cpu: number; rss: number } {
  const cost = costOf(pid)
  if (cost === null) throw new Error(`no process ${pid}, or no /proc on this system`)
  return cost
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
