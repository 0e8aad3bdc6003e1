/** The outbox of a real browser: reloads, several tabs, several people. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { build } from 'esbuild'
import type { BrowserContext, Page } from 'playwright-core'
import { chromium } from 'playwright-core'
import type { Pending } from '../../client/api.ts'
import type { OutboxStorage } from '../../client/outbox-storage.ts'
import { findChromium } from '../support/chromium.ts'

declare global {
  /** What the page puts where the test finds it. */
  interface Window {
    box: Promise<OutboxStorage>
    /** Ids taken over, in order. */
    taken: string[]
    /** How often there was something or nothing to take over. */
    turns: number
  }
}

const script = `
  import { idbOutbox } from './client/outbox-idb.ts'
  window.taken = []
  window.turns = 0
  window.box = idbOutbox(Math.random().toString(36))
  window.box.then((box) =>
    box.adopt('ada', (all) => {
      window.taken.push(...all.map(({ id }) => id))
      window.turns++
    }),
  )
`

async function browser(context: TestContext): Promise<{ open(): Promise<Page>; browser: BrowserContext }> {
  const root = `${import.meta.dirname}/../..`
  const bundle = await build({
    stdin: { contents: script, resolveDir: root },
    bundle: true,
    write: false,
    format: 'esm',
  })
  const page = `<!doctype html><script type="module">${bundle.outputFiles[0]?.text}</script>`
  const server = createServer((_request, response) =>
    response.setHeader('content-type', 'text/html').end(page),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const executablePath = findChromium() ?? undefined
  const started = await chromium.launch({ args: ['--no-sandbox'], ...(executablePath && { executablePath }) })
  context.after(async () => {
    await started.close()
    server.close()
  })
  const own = await started.newContext()
  const open = async () => {
    const tab = await own.newPage()
    await tab.goto(`http://127.0.0.1:${port}/`)
    return tab
  }
  return { open, browser: own }
}

const entry = (id: string, order: number, person = 'ada'): Pending => ({
  id,
  person,
  room: 'r1',
  name: 'message.send',
  fields: { room: 'r1', id, body: id },
  at: Date.now(),
  order,
  state: 'waiting',
  why: null,
})

const put = (page: Page, ...entries: Pending[]) =>
  page.evaluate(async (all) => {
    const box = await window.box
    for (const one of all) box.put(one)
  }, entries)
/** Waits until so many were taken over. */
async function taken(page: Page, many: number): Promise<string[]> {
  // Not an async function: a promise would count as true.
  await page.waitForFunction((wanted) => window.taken.length >= wanted, many)
  return page.evaluate(() => window.taken)
}
/** Ids in the database, after all that was to be written before. */
const rest = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const request = indexedDB.open('parlour-outbox', 1)
        request.onsuccess = () => {
          const keys = request.result.transaction('entries').objectStore('entries').getAllKeys()
          keys.onsuccess = () => resolve(keys.result.map(String))
        }
      }),
  )

const options = findChromium() === null ? { skip: 'NOT RUN: there is no Chrome or Chromium here' } : {}

test('[T7] what waits survives a reload, in order, and only for whose it is', options, async (context) => {
  const { open } = await browser(context)
  const page = await open()
  await put(page, entry('two', 2), entry('of-eve', 3, 'eve'), entry('one', 1))
  assert.deepEqual(await rest(page), ['of-eve', 'one', 'two'])
  await page.reload()
  assert.deepEqual(await taken(page, 2), ['one', 'two'])
  await page.evaluate(async (gone) => (await window.box).remove(gone), entry('one', 1))
  await page.reload()
  assert.deepEqual(await taken(page, 1), ['two'])
  await page.evaluate(async () => (await window.box).clear('ada'))
  assert.deepEqual(await rest(page), ['of-eve'])
})

test(
  'entries of who does not come back go after a month, of who does never, whatever the clock says',
  options,
  async (context) => {
    const { open } = await browser(context)
    const page = await open()
    const old = (id: string, person: string) => ({
      ...entry(id, 1, person),
      at: Date.now() - 31 * 86_400_000,
    })
    await put(page, old('of-ada', 'ada'), old('of-eve', 'eve'), entry('of-bob', 2, 'bob'))
    await page.reload()
    assert.deepEqual(await taken(page, 1), ['of-ada'])
    assert.deepEqual(await rest(page), ['of-ada', 'of-bob'])
  },
)

test(
  '[T7] a tab leaves alone what another living tab sends, and takes it over when that one closes',
  options,
  async (context) => {
    const { open } = await browser(context)
    const first = await open()
    await put(first, entry('one', 1))
    const second = await open()
    await put(second, entry('two', 2))
    await second.waitForFunction(() => window.turns === 1)
    assert.deepEqual(await taken(second, 0), [])
    await first.close()
    assert.deepEqual(await taken(second, 1), ['one'])
    await second.reload()
    assert.deepEqual((await taken(second, 2)).sort(), ['one', 'two'])
  },
)
