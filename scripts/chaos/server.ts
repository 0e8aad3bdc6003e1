/** A server as a child process that can be killed in all ways. It never outlives the process that started it. */

import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { program } from '../program.ts'

export interface ServerOptions {
  /** Folder of the database. */
  data: string
  /** 0: any free one. */
  port?: number
  flags?: string[]
  env?: NodeJS.ProcessEnv
  /** A module that is loaded before the server, and talks to us over IPC. */
  preload?: string
  /** Files that it may have open, as by `ulimit -n`; absent: as this process. */
  files?: number
}

/** Lines of the log that are kept. */
const MOST_LINES = 1000
/** ms within which a server must be up. */
const PATIENCE = 30_000

const children = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

export class Server {
  readonly port: number
  readonly pid: number
  /** ms of `performance.now()`. */
  readonly startedAt: number
  /** Parsed lines of its log, the newest. */
  readonly lines: Record<string, unknown>[]
  /** Its exit code; `null` when a signal ended it. */
  readonly exit: Promise<number | null>
  readonly #child: ChildProcess

  constructor(child: ChildProcess, port: number, startedAt: number, lines: Record<string, unknown>[]) {
    this.#child = child
    this.port = port
    this.pid = child.pid ?? 0
    this.startedAt = startedAt
    this.lines = lines
    this.exit = exitOf(child)
  }

  /** Resolves when it is gone, but for SIGSTOP and SIGCONT. */
  async kill(signal: NodeJS.Signals): Promise<number | null> {
    this.#child.kill(signal)
    return signal === 'SIGSTOP' || signal === 'SIGCONT' ? null : this.exit
  }

  /** To the preloaded module. */
  tell(message: object): void {
    this.#child.send(message)
  }

  /** The preloaded module's next answer. */
  async told(): Promise<unknown> {
    const [message] = await once(this.#child, 'message', { signal: AbortSignal.timeout(10_000) })
    return message
  }

  /** Open files now; `null` where there is no /proc. */
  get handles(): number | null {
    try {
      return readdirSync(`/proc/${this.pid}/fd`).length
    } catch {
      return null
    }
  }

  events(event: string): Record<string, unknown>[] {
    return this.lines.filter((line) => line.event === event)
  }
}

/** It did not start: what it said instead, and its exit code. */
export class NotStarted extends Error {
  readonly code: number | null

  constructor(code: number | null, words: string) {
    super(words.trim())
    this.code = code
  }
}

/** Resolves once it listens and is open. Rejects with `NotStarted`. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const startedAt = performance.now()
  const child = launch(options)
  const words: string[] = []
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < 100) words.push(text)
  })
  const lines: Record<string, unknown>[] = []
  const listening = new Promise<number>((resolve) => {
    if (child.stdout === null) return
    createInterface({ input: child.stdout }).on('line', (text) => {
      const line = readLine(text)
      // The last one may have been cut off by the kill.
      if (line === null && child.killed) return
      if (line === null) throw new Error(`the server wrote ${text}`)
      if (lines.push(line) > MOST_LINES) lines.shift()
      if (line.event === 'listening') resolve(Number(line.port))
    })
  })
  const died = exitOf(child).then((code) => {
    throw new NotStarted(code, words.join(''))
  })
  // Later it is `exit` that tells.
  died.catch(() => undefined)
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  const actual = await Promise.race([listening, died]).finally(() => clearTimeout(timer))
  return new Server(child, actual, startedAt, lines)
}

function readLine(text: string): Record<string, unknown> | null {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    return null
  }
}

/** Starts one and kills it after so many ms, whatever it is at by then. */
export async function startDoomed(options: ServerOptions, ms: number): Promise<void> {
  const child = launch(options)
  child.stdout?.resume()
  child.stderr?.resume()
  const timer = setTimeout(() => child.kill('SIGKILL'), ms)
  await exitOf(child)
  clearTimeout(timer)
}

function launch({ data, port = 0, flags = [], env = {}, preload, files }: ServerOptions): ChildProcess {
  const args = [
    ...(preload === undefined ? [] : ['--import', preload]),
    ...program,
    ...['--port', String(port), '--host', '127.0.0.1', '--data', data, '--log-format', 'json'],
    ...['--rate-limit', 'off', '--connections-per-address', '20000', ...flags],
  ]
  const limited = ['-c', `ulimit -n ${files}; exec "$0" "$@"`, process.execPath, ...args]
  const child = spawn(files === undefined ? process.execPath : 'sh', files === undefined ? args : limited, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', preload === undefined ? 'ignore' : 'ipc'],
  })
  children.add(child)
  return child
}

function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    // Not `exit`: what it said last has been read by then.
    child.once('close', (code) => {
      children.delete(child)
      resolve(code)
    })
  })
}
