/** Somebody in front of the page. They find things as assistive technology does: by role and name, never by markup. */

import { randomInt } from 'node:crypto'
import type { Locator, Page } from 'playwright-core'

export class Person {
  readonly page: Page
  readonly messages: Locator
  readonly composer: Locator
  readonly people: Locator
  readonly #url: string
  readonly #complain: (trouble: string) => void

  /** `complain` hears of everything that a healthy page never does. */
  constructor(page: Page, url: string, complain: (trouble: string) => void) {
    this.page = page
    this.#url = url
    this.#complain = complain
    this.messages = page.getByRole('log', { name: 'Messages' })
    this.composer = page.getByRole('textbox', { name: 'Message', exact: true })
    this.people = page.getByRole('list', { name: 'People' }).getByRole('listitem')
    page.on('pageerror', (error) => complain(`thrown: ${error.stack ?? error.message}`))
    page.on('console', (line) => {
      if (line.type() === 'error' || line.type() === 'warning') complain(`${line.type()}: ${line.text()}`)
    })
    page.on('dialog', (dialog) => {
      complain(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const isOurs = request.url().startsWith(`${url}/`) || /^(?:data|blob):/.test(request.url())
      if (!isOurs) complain(`a foreign request: ${request.url()}`)
    })
  }

  goto(path: string): Promise<unknown> {
    return this.page.goto(this.#url + path)
  }

  /** Without a reload, as forward in the history does. */
  async followsLink(path: string): Promise<void> {
    await this.page.evaluate((to) => {
      history.pushState(null, '', to)
      dispatchEvent(new PopStateEvent('popstate'))
    }, path)
  }

  /** One more tab of the same browser. */
  async opensTab(path = '/'): Promise<Person> {
    const tab = new Person(await this.page.context().newPage(), this.#url, this.#complain)
    await tab.goto(path)
    return tab
  }

  async say(text: string): Promise<void> {
    await this.composer.fill(text)
    await this.composer.press('Enter')
  }

  /** Messages whose name, “ada: hello, 14:05”, contains this. */
  message(text: string): Locator {
    return this.messages.getByRole('article', { name: text })
  }

  hears(text: string): Promise<void> {
    return this.message(text).waitFor()
  }

  /** Resolves when it is not on the screen, or no more. */
  loses(text: string): Promise<void> {
    return this.message(text).waitFor({ state: 'detached' })
  }

  /** What all messages say, top to bottom; without names and times. */
  async said(): Promise<string[]> {
    const names = await this.messages
      .getByRole('article')
      .evaluateAll((all) => all.map((one) => one.getAttribute('aria-label') ?? ''))
    return names.map((name) => name.replace(/^.*?: /s, '').replace(/, [^,]*$/, ''))
  }

  button(name: string | RegExp, within: Page | Locator = this.page): Locator {
    return within.getByRole('button', { name, exact: true })
  }

  status(text: 'Connecting…' | 'Connected' | 'Reconnecting…' | 'Offline'): Locator {
    return this.page.getByRole('status').filter({ hasText: text })
  }

  /** In the list of rooms: its name, last words, time and unread count are its name. */
  room(name: string | RegExp): Locator {
    return this.page.getByRole('navigation', { name: 'Rooms' }).getByRole('link', { name })
  }

  /** Resolves when what has happened so far is on the screen. */
  async painted(): Promise<void> {
    await this.page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    )
  }

  /** With the mouse, as on a desktop. */
  async act(text: string, action: string): Promise<void> {
    await this.message(text).hover()
    await this.button(action, this.message(text)).click()
  }

  /** Answers the room's code as it is written in the head of the room. */
  async makesRoom(name: string, isToVanish = false): Promise<string> {
    await this.button('New room').click()
    await this.page.getByRole('textbox', { name: 'Room name' }).fill(name)
    if (isToVanish) await this.page.getByRole('switch', { name: /^Vanish/ }).click()
    await this.button('Create').click()
    await this.isIn(name)
    const code = await this.page.getByLabel('Room code').textContent()
    if (!code) throw new Error('the room shows no code')
    return code
  }

  async joins(code: string): Promise<void> {
    await this.button('Join with a code').click()
    await this.page.getByRole('textbox', { name: 'Code' }).fill(code)
    await this.button('Join').click()
  }

  async leaves(): Promise<void> {
    await this.button('Leave room').click()
    await this.isIn('Lobby')
  }

  isIn(room: string): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name: room }).waitFor()
  }

  async renames(to: string): Promise<void> {
    await this.button('Change name').click()
    await this.page.getByRole('textbox', { name: 'Name' }).fill(to)
    await this.button('Save').click()
  }
}

/** Differs on every run, so that nothing left over can be mistaken for it. */
export const unheardOf = (word: string): string => `${word} ${randomInt(1e9)}`
