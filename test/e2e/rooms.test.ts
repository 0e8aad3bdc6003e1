/** Rooms as people see them come and go: unread counts, who is here, leaving, vanishing, logging out. */

import { deepEqual, equal, match } from 'node:assert/strict'
import { houseWith, scene, until } from './stage.ts'

scene('[M20 T5] two devices of one person agree on what is unread, and the title says it', async (stage) => {
  const ada = await stage.arrive('ada')
  const code = await ada.makesRoom('Kitchen')
  const bob = await stage.arrive('bob', { path: `/r/${code}` })
  await bob.isIn('Kitchen')
  await ada.room('Lobby').click()
  await ada.isIn('Lobby')
  const phone = await stage.arriveAgain(ada)
  await phone.status('Connected').waitFor()
  for (const word of ['one', 'two', 'three']) await bob.say(word)
  for (const device of [ada, phone]) {
    await device.room(/Kitchen.*3 unread/).waitFor()
    await until('the title has the count', async () => /^\(3\) /.test(await device.page.title()))
  }
  await phone.room('Kitchen').click()
  await phone.hears('bob: three')
  for (const device of [ada, phone]) {
    await until('the title is quiet again', async () => !/\d/.test(await device.page.title()))
    await device.room('unread').waitFor({ state: 'detached' })
  }
  await bob.say('four')
  await ada.room('1 unread').waitFor({ state: 'detached' })
})

scene('[M20] what is marked as unread stays so until one comes back to it', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  const phone = await stage.arriveAgain(ada)
  await phone.makesRoom('Elsewhere')
  for (const word of ['one', 'two']) await bob.say(word)
  await ada.hears('bob: two')
  await ada.act('one', 'More')
  await ada.button('Mark unread', ada.message('one')).click()
  for (const device of [ada, phone]) await device.room(/Lobby.*2 unread/).waitFor()
  await ada.messages.getByText('New messages', { exact: true }).waitFor()
  await bob.say('three')
  for (const device of [ada, phone]) await device.room(/Lobby.*3 unread/).waitFor()
  await ada.room('Elsewhere').click()
  await ada.isIn('Elsewhere')
  await ada.room('Lobby').click()
  for (const device of [ada, phone]) await device.room(/unread/).waitFor({ state: 'detached' })
})

scene('[T5] what one device writes and renames, the other shows', async (stage) => {
  const ada = await stage.arrive('ada')
  const phone = await stage.arriveAgain(ada)
  await ada.say('from the desk')
  await phone.hears('ada: from the desk')
  await phone.act('from the desk', 'Delete')
  await ada.loses('from the desk')
  await phone.renames('Adelaide')
  await ada.say('signed')
  await phone.hears('Adelaide: signed')
  equal(await ada.people.count(), 1)
})

scene('[P1 P3] the list shows who is here, and that a closed tab is away', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.people.filter({ hasText: /bob.*online/s }).waitFor()
  await bob.page.close()
  await ada.people.filter({ hasText: /bob.*away/s }).waitFor()
  const names = await ada.people.allInnerTexts()
  match(names[0] ?? '', /^ada/)
})

scene('[P1 P3] a page that crashes is away at once, and back after a reload', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.people.filter({ hasText: /bob.*online/s }).waitFor()
  const crashed = bob.page.waitForEvent('crash')
  await bob.page.goto('chrome://crash').catch(() => undefined) // a page that crashes never arrives
  await crashed
  await ada.people.filter({ hasText: /bob.*away/s }).waitFor()
  await stage.arriveAgain(bob)
  await ada.people.filter({ hasText: /bob.*online/s }).waitFor()
})

scene('[R3] who leaves a room is out of it, and can come back by the code', async (stage) => {
  const ada = await stage.arrive('ada')
  const code = await ada.makesRoom('Porch')
  const bob = await stage.arrive('bob', { path: `/r/${code}` })
  await bob.isIn('Porch')
  await bob.leaves()
  await ada.messages.getByText('bob left').waitFor()
  await ada.people.filter({ hasText: 'bob' }).waitFor({ state: 'detached' })
  equal(await bob.room(/./).count(), 1)
  equal(new URL(bob.page.url()).pathname, '/')
  await ada.say('he is gone')
  await bob.joins(code)
  await bob.isIn('Porch')
  await bob.hears('ada: he is gone')
})

scene('[R3 R5] what is being typed in a room that goes away does not get into the lobby', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  const phone = await stage.arriveAgain(bob)
  const code = await bob.makesRoom('Attic')
  await bob.say('is anybody there')
  await phone.room('Attic').click()
  await phone.isIn('Attic')
  await bob.composer.pressSequentially('between ')
  await phone.leaves()
  await bob.page.getByRole('alert').filter({ hasText: '“Attic” is no more' }).waitFor()
  await bob.page.keyboard.type('us')
  await bob.page.keyboard.press('Enter')
  equal(await bob.composer.inputValue(), 'between us')
  deepEqual(await bob.said(), ['is anybody there'])
  await bob.isIn('Attic')
  await phone.joins(code)
  await phone.say('here I am')
  await bob.room('Attic').click()
  await bob.hears('here I am')
  await bob.composer.press('Enter')
  await phone.hears('between us')
  await bob.composer.fill('and so on')
  await phone.leaves()
  await bob.button('To the lobby').click()
  await bob.isIn('Lobby')
  equal(await bob.composer.inputValue(), '')
  await bob.say('hello all')
  await ada.hears('bob: hello all')
  deepEqual(await ada.said(), ['hello all'])
})

scene('[R4] a vanishing room is gone with its last person, its code too', async (stage) => {
  const ada = await stage.arrive('ada')
  const code = await ada.makesRoom('Séance', true)
  const bob = await stage.arrive('bob', { path: `/r/${code}` })
  await ada.say('is anybody there')
  await bob.hears('is anybody there')
  await ada.leaves()
  await bob.messages.getByText('ada left').waitFor()
  await bob.leaves()
  await ada.joins(code)
  await ada.page.getByRole('alert').filter({ hasText: 'no room with this code' }).waitFor()
})

scene(
  '[R4] a vanishing room is gone a while after the last connection, from screens that come back too',
  { server: houseWith('--vanish-grace', '0s', '--sweep', '100ms') },
  async (stage) => {
    const ada = await stage.arrive('ada')
    const code = await ada.makesRoom('Séance', true)
    await ada.say('knock twice')
    await ada.page.goto('about:blank')
    const bob = await stage.arrive('bob')
    await until('the code opens nothing any more', async () => {
      await bob.goto(`/r/${code}`)
      const leave = bob.button('Leave room')
      const why = bob.page.getByRole('alert').filter({ hasText: 'leads nowhere' })
      await leave.or(why).waitFor()
      const isGone = await why.isVisible()
      if (!isGone) await bob.leaves() // too early: he is in
      return isGone
    })
    await ada.goto(`/r/${code}`)
    await ada.page.getByRole('alert').filter({ hasText: 'leads nowhere' }).waitFor()
    equal(await ada.room(/./).count(), 1)
  },
)

scene('[I1] after logging out one comes back as somebody else', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.say('farewell')
  await ada.button('Settings').click()
  await ada.button('Log out').click()
  await bob.people.filter({ hasText: /ada.*away/s }).waitFor()
  await ada.page.getByRole('textbox', { name: 'Name' }).fill('cal')
  await ada.button('Log in').click()
  await ada.page.getByRole('dialog').waitFor({ state: 'detached' })
  await ada.say('good day')
  await bob.hears('cal: good day')
  await bob.hears('ada: farewell')
  await ada.hears('ada: farewell')
  await ada.message('farewell').hover()
  await ada.button('React', ada.message('farewell')).waitFor()
  equal(await ada.button('Delete', ada.message('farewell')).count(), 0)
  deepEqual(await ada.said(), ['farewell', 'good day'])
})

scene('[M8 I1] who comes in after a log-out finds nothing that the last one has begun', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.status('Connected').waitFor()
  await ada.composer.fill('dear diary')
  await ada.button('Settings').click()
  await ada.button('Log out').click()
  await ada.page.getByRole('textbox', { name: 'Name' }).fill('cal')
  await ada.button('Log in').click()
  await ada.people.filter({ hasText: /cal.*you/s }).waitFor()
  equal(await ada.composer.inputValue(), '')
  await ada.page.reload()
  await ada.people.filter({ hasText: /cal.*you/s }).waitFor()
  equal(await ada.composer.inputValue(), '')
})

scene('[I1 U6] outside, the keys lead nowhere', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.makesRoom('Study')
  await ada.button('Settings').click()
  await ada.button('Log out').click()
  const outside = ada.page.getByRole('dialog', { name: 'You are outside' })
  await outside.waitFor()
  for (const key of ['Control+k', 'Alt+ArrowDown', '?']) await ada.page.keyboard.press(key)
  await ada.painted()
  equal(await ada.page.getByRole('dialog').count(), 1)
  equal(new URL(ada.page.url()).pathname, '/')
})
