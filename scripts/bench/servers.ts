/** Starts the servers to be measured, each in a process of its own, and sees to it that none outlives the bench. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { program } from '../program.ts'
import type { Kind } from './job.ts'

export interface Server {
  kind: Kind
  port: number
  pid: number
  stop(): Promise<void>
}

/** How long a server may take to answer, and to stop, ms. */
const PATIENCE = 15_000
/** ms between two questions whether it is there. */
const ASK_EVERY = 2
/** How much of what a process said is kept for the error message, characters. */
const KEPT = 2000

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130))

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url))

/** As a person would start it, without limits on a single address. */
export async function startOurs(data: string): Promise<Server> {
  const { child, port } = launchOurs(data, await freePort())
  await answering(child, port, '/readyz')
  return { kind: 'ours', port, pid: child.process.pid ?? 0, stop: () => stop(child.process) }
}

/** ms from the start of the process until it answers at all, and until it is ready. */
export async function timeStart(data: string): Promise<{ healthy: number; ready: number; server: Server }> {
  const free = await freePort()
  const begin = performance.now()
  const { child, port } = launchOurs(data, free)
  await answering(child, port, '/healthz')
  const healthy = performance.now() - begin
  await answering(child, port, '/readyz')
  const ready = performance.now() - begin
  const server: Server = { kind: 'ours', port, pid: child.process.pid ?? 0, stop: () => stop(child.process) }
  return { healthy, ready, server }
}

function launchOurs(data: string, port: number): { child: Launched; port: number } {
  const flags = ['--port', String(port), '--data', data, '--rate-limit', 'off', '--log-level', 'error']
  return { child: launch([...program, ...flags]), port }
}

const bareFiles = {
  bare: 'bare-ws.ts',
  once: 'bare-ws-once.ts',
  net: 'bare-net.ts',
  kept: 'bare-net.ts',
} as const

/** `folder`: where it keeps what it is told, if it does. */
export async function startBare(kind: keyof typeof bareFiles = 'bare', folder?: string): Promise<Server> {
  const child = launch([pathOf(bareFiles[kind]), ...(folder === undefined ? [] : [folder])])
  const port = await new Promise<number>((resolve, reject) => {
    child.process.stdout?.on('data', () => {
      const said = /:(\d+)\n/.exec(child.said())
      if (said !== null) resolve(Number(said[1]))
    })
    child.process.on('exit', () => reject(new Error(`the bare server ended: ${child.said()}`)))
  })
  return { kind, port, pid: child.process.pid ?? 0, stop: () => stop(child.process) }
}

/** Runs a script of the bench to its end and returns what it printed. */
export async function runScript(file: string, argument: string, limit: number): Promise<string> {
  const child = launch([pathOf(file), argument])
  const timer = setTimeout(() => child.process.kill('SIGKILL'), limit)
  let out = ''
  child.process.stdout?.on('data', (text) => {
    out += text
  })
  const [code] = await once(child.process, 'close')
  clearTimeout(timer)
  if (code !== 0) throw new Error(`${file} ended with ${code ?? 'a signal'}: ${child.said()}`)
  return out
}

interface Launched {
  process: ChildProcess
  said(): string
}

function launch(args: readonly string[]): Launched {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const note = (text: string): void => {
    if (said.length < KEPT) said += text
  }
  child.stdout.setEncoding('utf8').on('data', note)
  child.stderr.setEncoding('utf8').on('data', note)
  running.add(child)
  child.on('exit', () => running.delete(child))
  return { process: child, said: () => said }
}

/** Until it answers 200. */
async function answering({ process: child, said }: Launched, port: number, path: string): Promise<void> {
  const until = performance.now() + PATIENCE
  while (!(await isThere(port, path))) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said()}`)
    if (performance.now() > until) throw new Error(`the server does not answer: ${said()}`)
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY))
  }
}

function isThere(port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      answer.resume()
      resolve(answer.statusCode === 200)
    })
    // Not listening yet: that is what is being waited for.
    request.on('error', () => resolve(false))
  })
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  child.kill('SIGTERM')
  await ended
  clearTimeout(timer)
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port is free')
  return address.port
}
