/** The page for everybody: on a phone, by keyboard alone, with a screen reader, in the light and in the dark. */

import { deepEqual, equal, ok } from 'node:assert/strict'
import type { AxeResults } from 'axe-core'
import axe from 'axe-core'
import type { Person } from './person.ts'
import { scene, until } from './stage.ts'

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }

/** What axe holds to be serious or critical, in the light and in the dark, one line each. */
async function findings({ page }: Person, where: string): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    // Half-shown, colours are others.
    await page.evaluate(() =>
      Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null))),
    )
    // Only colours differ in the dark.
    const rules = colorScheme === 'light' ? '{}' : "{ runOnly: ['color-contrast'] }"
    const { violations } = await page.evaluate<AxeResults>(`axe.run(document, ${rules})`)
    for (const { id, impact, nodes } of violations)
      if (impact === 'serious' || impact === 'critical')
        for (const { html, failureSummary } of nodes)
          found.push(`${where}, ${colorScheme}: ${id}: ${html} ${failureSummary}`)
  }
  return found
}

for (const [screen, options] of [
  ['desktop', {}],
  ['phone', phone],
] as const) {
  scene(`[U7 U3] axe finds nothing serious, in the light and in the dark: ${screen}`, async (stage) => {
    const bob = await stage.arrive('bob')
    const ada = await stage.arrive('ada', options)
    await ada.page.evaluate(axe.source)
    const found: string[] = []
    const look = async (where: string) => found.push(...(await findings(ada, where)))
    const isPhone = screen === 'phone'
    const rooms = async () => {
      if (isPhone) await ada.button('Show rooms').click()
    }
    await ada.status('Connected').waitFor()
    await look('an empty lobby')
    await rooms()
    if (isPhone) await look('the rooms')
    const code = await ada.makesRoom('Tea at five')
    await bob.joins(code)
    await bob.isIn('Tea at five')
    await bob.say('a link: https://example.org and a long line of words to be read by everybody')
    await bob.say('two')
    await ada.hears('bob: two')
    await bob.act('two', 'React')
    await bob.button(/👍/, bob.message('two')).click()
    await bob.act('two', 'Pin')
    await ada.page.getByRole('region', { name: 'Pinned messages' }).waitFor()
    await ada.composer.fill('three')
    await ada.button('Send').click()
    await ada.page.getByRole('switch', { name: 'Temporary' }).click()
    await ada.composer.fill('four')
    await ada.button('Send').click()
    await ada.hears('four')
    await look('a room')
    if (isPhone) {
      await ada.button('Show people').click()
      await ada.people.first().waitFor()
      await look('the people')
      await ada.button('Close people').click()
    }
    // On a phone they are the same, only narrower: two of them do.
    const dialogs = [
      'Show QR code',
      'Settings',
      ...(isPhone ? [] : ['New room', 'Join with a code', 'Change name']),
    ]
    for (const dialog of dialogs) {
      if (dialog !== 'Show QR code') await rooms()
      await ada.button(dialog).click()
      await ada.page.getByRole('dialog').waitFor()
      await look(`the dialog of “${dialog}”`)
      await ada.page.keyboard.press('Escape')
      await ada.page.getByRole('dialog').waitFor({ state: 'detached' })
      if (isPhone && dialog !== 'Show QR code') await ada.button('Close rooms').click()
    }
    deepEqual(found, [])
  })
}

scene(
  '[U1] on a phone: drawers, the composer in view, Enter breaks the line and the button sends',
  async (stage) => {
    const bob = await stage.arrive('bob')
    const ada = await stage.arrive('ada', phone)
    await ada.status('Connected').waitFor()
    const inView = async () => {
      const box = await ada.composer.boundingBox()
      return box !== null && box.y > 0 && box.y + box.height <= 844 && box.x >= 0 && box.x + box.width <= 390
    }
    ok(await inView(), 'the composer is on the screen')
    await ada.composer.tap()
    await ada.page.keyboard.type('first line')
    await ada.page.keyboard.press('Enter')
    await ada.page.keyboard.type('second line')
    equal(await ada.composer.inputValue(), 'first line\nsecond line')
    equal(await ada.messages.getByRole('article').count(), 0)
    await ada.button('Send').tap()
    await bob.hears('first line second line')
    await ada.button('Show people').tap()
    await ada.people.filter({ hasText: 'bob' }).waitFor()
    await ada.button('Close people').tap()
    await ada.people.first().waitFor({ state: 'hidden' })
    await ada.button('Show rooms').tap()
    const code = await ada.makesRoom('Pocket')
    ok(code)
    ok(await inView(), 'the composer is on the screen')
    await ada.button('Show rooms').tap()
    await ada.room('Lobby').tap()
    await ada.isIn('Lobby')
    await ada.room('Lobby').waitFor({ state: 'hidden' })
    const width = await ada.page.evaluate(() => document.documentElement.scrollWidth)
    ok(width <= 390, 'nothing is wider than the screen')
  },
)

scene('[M2 U1] on a phone a long press shows what can be done with a message', async (stage) => {
  const bob = await stage.arrive('bob')
  const ada = await stage.arrive('ada', phone)
  await ada.composer.fill('regret')
  await ada.button('Send').tap()
  await ada.hears('regret')
  await bob.hears('regret')
  const box = await ada.message('regret').getByText('regret', { exact: true }).boundingBox()
  ok(box)
  const touch = await ada.page.context().newCDPSession(ada.page)
  const point = { x: box.x + box.width / 2, y: box.y + box.height / 2 }
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [point] })
  const remove = ada.button('Delete', ada.message('regret'))
  await remove.waitFor()
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  await remove.tap()
  await ada.loses('regret')
})

scene('[U6 U7] by keyboard alone: write, delete, make a room, join one', async (stage) => {
  const bob = await stage.arrive('bob')
  const code = await bob.makesRoom('Library')
  const ada = await stage.arrive('ada')
  const { keyboard } = ada.page
  const focused = ada.page.locator(':focus')
  /** Tab until this has the focus; backwards with Shift. */
  const tabTo = (wanted: ReturnType<typeof ada.button>, key = 'Tab') =>
    until('the keyboard gets there', async () => {
      if ((await wanted.and(focused).count()) > 0) return true
      await keyboard.press(key)
      return false
    })
  await ada.composer.and(focused).waitFor()
  await ada.status('Connected').waitFor()
  await keyboard.type('typed')
  await keyboard.press('Enter')
  await ada.hears('ada: typed')
  await until('it is stored', async () => (await ada.button('Delete', ada.message('typed')).count()) === 1)

  await tabTo(ada.messages, 'Shift+Tab')
  await keyboard.press('ArrowUp')
  await ada.message('typed').and(focused).waitFor()
  await keyboard.press('Shift+F10')
  await tabTo(ada.button('Delete', ada.message('typed')))
  await keyboard.press('Enter')
  await ada.loses('typed')

  await tabTo(ada.button('Join with a code'), 'Shift+Tab')
  await keyboard.press('Enter')
  await ada.page.getByRole('textbox', { name: 'Code' }).and(focused).waitFor()
  await keyboard.type(code.toLowerCase())
  await keyboard.press('Enter')
  await ada.isIn('Library')
  await ada.composer.and(focused).waitFor()
  await keyboard.type('shh')
  await keyboard.press('Enter')
  await bob.hears('ada: shh')

  await keyboard.press('Control+k')
  await ada.page.getByRole('combobox', { name: 'Room' }).and(focused).waitFor()
  await keyboard.type('lob')
  await keyboard.press('Enter')
  await ada.isIn('Lobby')
  await keyboard.press('Alt+ArrowDown')
  await ada.isIn('Library')
})

scene('[U6] whatever is done with a message by keyboard, the keyboard stays in the list', async (stage) => {
  const ada = await stage.arrive('ada')
  const { keyboard } = ada.page
  const focused = ada.page.locator(':focus')
  const opens = async (action: string, text: string) => {
    await ada.message(text).focus()
    await keyboard.press('Shift+F10')
    await ada.button(action, ada.message(text)).focus()
    await keyboard.press('Enter')
  }
  for (const text of ['one', 'two', 'three']) await ada.say(text)
  await until('all are stored', async () => (await ada.button('Delete').count()) === 3)

  await opens('React', 'two')
  await ada.button('React with 👍').and(focused).waitFor()
  await keyboard.press('Enter')
  const thumb = ada.button(/^👍 1/, ada.message('two'))
  await thumb.waitFor()
  await ada.message('two').and(focused).waitFor()
  await thumb.press('Enter')
  await thumb.waitFor({ state: 'detached' })
  await ada.message('two').and(focused).waitFor()

  for (const done of ['Copy text', 'Mark unread', null]) {
    await opens('More', 'two')
    await ada.button('Copy text').and(focused).waitFor()
    if (done === null) await keyboard.press('Escape')
    else {
      await ada.button(done).focus()
      await keyboard.press('Enter')
    }
    await ada.button('Copy text').waitFor({ state: 'detached' })
    await ada.message('two').and(focused).waitFor()
  }

  for (const [gone, next] of [
    ['two', 'three'],
    ['three', 'one'],
  ] as const) {
    await opens('Delete', gone)
    await ada.loses(gone)
    await ada.message(next).and(focused).waitFor()
  }
  await opens('Delete', 'one')
  await ada.loses('one')
  await ada.messages.and(focused).waitFor()
})

scene('[U3] the theme is chosen once and stays', async (stage) => {
  const ada = await stage.arrive('ada', { colorScheme: 'light' })
  const ground = () => ada.page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const light = await ground()
  await ada.button('Settings').click()
  await ada.page.getByRole('group', { name: 'Theme' }).getByRole('radio', { name: 'Dark' }).check()
  await until('it is dark', async () => (await ground()) !== light)
  const dark = await ground()
  await ada.page.reload()
  await ada.status('Connected').waitFor()
  equal(await ground(), dark)
})

scene('[U6] one dialog leads to another, and the keyboard comes back to where it was', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.status('Connected').waitFor()
  const dialog = (name: string) => ada.page.getByRole('dialog', { name })
  await ada.button('Settings').click()
  await ada.button('Shortcuts', dialog('Settings')).click()
  await dialog('Shortcuts').waitFor()
  await ada.painted()
  equal(await dialog('Shortcuts').count(), 1)
  await ada.page.keyboard.press('Control+k')
  await dialog('Go to a room').waitFor()
  await ada.painted()
  equal(await ada.page.getByRole('dialog').count(), 1)
  await ada.page.keyboard.press('Escape')
  await ada.page.getByRole('dialog').waitFor({ state: 'detached' })
  await ada.button('Settings').and(ada.page.locator(':focus')).waitFor()
})
