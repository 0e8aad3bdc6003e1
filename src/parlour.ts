/** A running Parlour: puts the parts together, starts them in order and stops them in order. It reads no settings. */

import { join } from 'node:path'
import { Guests } from './accounts/guests.ts'
import { Sessions } from './accounts/sessions.ts'
import { LocalBus } from './bus/local.ts'
import type { Config } from './config.ts'
import type { RunningEngine } from './engine/engine.ts'
import { createEngine } from './engine/engine.ts'
import type { Clock, Log, Store } from './engine/ports.ts'
import { frames } from './features/index.ts'
import { collectWhenIdle } from './idle-collector.ts'
import { encode } from './net/frame.ts'
import { NetServer } from './net/server.ts'
import { readAssets } from './net/static.ts'
import { openStore } from './store/sqlite.ts'

/** Share of the time: what 10,000 connections cost by only being there is half of it. */
const QUIET_WORK = 0.1

export interface Running {
  port: number
  /** Everybody is answered, told to come back and let go; everything is on disk. Harmless twice. */
  stop(): Promise<void>
}

export interface World {
  clock: Clock
  log: Log
  version: string
  /** The store is lost: the process must end, because nothing is kept any more. */
  onFailure: (error: Error) => void
}

/** ms for each step of stopping; together less than the ten seconds that supervisors grant. */
const drainPatience = 3000
const leavePatience = 1500
const storePatience = 4000
/**
 * People per second that come back after a planned restart, and ms over which at least they are spread. At 300, 95 %
 * of 5,000 took 15.8 s; all at once they are taken in 2.4 s with a loop 31 ms late.
 */
const returning = 400
const leastSpread = 2000

const page = join(import.meta.dirname, '..', 'dist')

/** Rejects when the port or the store cannot be had; then nothing is left running, and nothing was overwritten. */
export async function open(config: Config, world: World): Promise<Running> {
  const { clock, log, version, onFailure } = world
  const about = { version, synchronous: config.synchronous }
  const net = new NetServer({ settings: config.net, about, assets: readAssets(page), clock, log })
  const port = await listen(net, config, log)
  let isOpen = false
  try {
    const store = await openStore({
      file: config.data === null ? null : join(config.data, 'parlour.db'),
      synchronous: config.synchronous === 'full' ? 'FULL' : 'NORMAL',
      log,
      // A store that cannot even be opened says so by rejecting.
      onFailure: (error) => isOpen && onFailure(error),
    })
    isOpen = true
    const bus = new LocalBus(log)
    const parts = { store, bus, clock, log, encode, settings: config.engine, frames }
    const engine = await createEngine(parts).catch(async (error: unknown) => {
      isOpen = false
      await bus.close()
      // What went wrong first is what is thrown.
      await store.close().catch((reason: unknown) => log.error('store_not_closed', { why: String(reason) }))
      throw error
    })
    const sessions = new Sessions(store, clock, config.sessions)
    net.open({ engine, sessions, guests: new Guests(store, clock, sessions) })
    collectWhenIdle(QUIET_WORK)
    let stopping: Promise<void> | null = null
    return { port, stop: () => (stopping ??= stop(net, engine, store, bus, log)) }
  } catch (error) {
    net.stopAccepting()
    await net.close(0)
    throw error
  }
}

/** The port, or, unless somebody chose it, the next free one. */
async function listen(net: NetServer, { port, host, isPortChosen }: Config, log: Log): Promise<number> {
  const last = isPortChosen ? port : Math.min(port + 100, 65_535)
  for (let tried = port; ; tried += 1) {
    try {
      return await net.listen(tried, host)
    } catch (error) {
      const isInUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
      if (!isInUse || tried >= last) throw error
      log.warn('port_in_use', { port: tried, next: tried + 1 })
    }
  }
}

async function stop(
  net: NetServer,
  engine: RunningEngine,
  store: Store,
  bus: LocalBus,
  log: Log,
): Promise<void> {
  net.stopAccepting()
  const drained = engine.drain((peers) => Math.random() * Math.max(leastSpread, (peers / returning) * 1000))
  if (!(await within(drainPatience, drained))) log.warn('drain_timeout')
  await net.close(leavePatience)
  await engine.stop()
  await bus.close()
  if (!(await within(storePatience, store.close()))) throw new Error('the store did not close in time')
}

/** Whether it was done in so many ms. */
async function within(ms: number, done: Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  try {
    return await Promise.race([done.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
