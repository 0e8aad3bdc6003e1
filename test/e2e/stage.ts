/**
 * Tests in a real browser: a server, a browser, and people who click. One browser per file; without one nothing here
 * runs, and scripts/test.ts says so. What breaks the page's own rules in any scene fails that scene.
 */

import { deepEqual, ok } from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { after, test } from 'node:test'
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core'
import { chromium } from 'playwright-core'
import { findChromium } from '../support/chromium.ts'
import { startServer } from '../support/server.ts'
import type { Place } from '../support/socket.ts'
import { Person } from './person.ts'

/** ms that anything on a screen may take before it counts as missing. */
const PATIENCE = 10_000
/** ms between two looks. */
const GLANCE = 40
/** ms for a whole scene. */
const LONGEST = 60_000

const program = findChromium()
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Stage<P extends Place> {
  t: TestContext
  server: P
  /** Somebody opens the page; with a name in the lobby unless `path` says otherwise. */
  arrive(name: string | null, options?: Arrival): Promise<Person>
  /** The same person on another device. */
  arriveAgain(person: Person, options?: Arrival): Promise<Person>
}

export interface Arrival extends BrowserContextOptions {
  path?: string
  /** Through something else than straight to the server. */
  at?: string
}

interface Options<P extends Place> {
  /** By default one in this process, in memory, without rate limits. */
  server?: (t: TestContext) => Promise<P>
  /** The connection is cut on purpose: what the browser complains about then is no fault of the page. */
  isCut?: boolean
}

let browser: Promise<Browser> | null = null
after(async () => (await browser)?.close())

export const houseWith =
  (...more: string[]) =>
  (t: TestContext): Promise<Place> =>
    startServer({ flags: ['--rate-limit', 'off', ...more], test: t })

export function scene(name: string, play: (stage: Stage<Place>) => Promise<void>): void
export function scene<P extends Place>(
  name: string,
  options: Options<P>,
  play: (stage: Stage<P>) => Promise<void>,
): void
export function scene(
  name: string,
  first: Options<Place> | ((stage: Stage<Place>) => Promise<void>),
  second?: (stage: Stage<Place>) => Promise<void>,
): void {
  const options = typeof first === 'function' ? {} : first
  const play = typeof first === 'function' ? first : second
  ok(play)
  const skip = program === null && 'no Chrome or Chromium was found'
  test(name, { skip, timeout: LONGEST }, async (t) => {
    const server = await (options.server ?? houseWith())(t)
    const contexts: BrowserContext[] = []
    const troubles: string[] = []
    const enter = async ({ path = '/', at = server.url, ...options }: Arrival, name: string | null) => {
      const context = await open(options)
      contexts.push(context)
      if (name !== null) {
        const headers = { origin: at }
        const answer = await context.request.post(`${at}/login`, { data: { name }, headers })
        ok(answer.ok(), `${name} is let in`)
      }
      const page = await context.newPage()
      const person = new Person(page, at, (trouble) => troubles.push(trouble))
      await person.goto(path)
      return person
    }
    try {
      await play({
        t,
        server,
        arrive: (name, arrival = {}) => enter(arrival, name),
        arriveAgain: async (person, arrival = {}) =>
          enter({ ...arrival, storageState: await person.page.context().storageState() }, null),
      })
      deepEqual(options.isCut ? troubles.filter((trouble) => !isOfCut(trouble)) : troubles, [])
    } finally {
      await Promise.all(contexts.map((context) => context.close()))
    }
  })
}

/** Looks until it is so. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const end = performance.now() + PATIENCE
  while (!(await isSo())) {
    ok(performance.now() < end, `${what}: still not so after ${PATIENCE / 1000} s`)
    await new Promise((again) => setTimeout(again, GLANCE))
  }
}

async function open(options: BrowserContextOptions): Promise<BrowserContext> {
  browser ??= chromium.launch({ executablePath: program!, args: flags })
  const context = await (await browser).newContext({ viewport: { width: 1280, height: 800 }, ...options })
  context.setDefaultTimeout(PATIENCE)
  return context
}

const isOfCut = (trouble: string) => /WebSocket connection to|Failed to load resource/.test(trouble)
