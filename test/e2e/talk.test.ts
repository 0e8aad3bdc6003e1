/** Two people find each other and talk, each in a browser of their own. */

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict'
import { houseWith, scene, until } from './stage.ts'

scene(
  '[I2 M8] from nothing to the first message: a name, the cursor in the composer, Enter',
  async (stage) => {
    const ada = await stage.arrive(null)
    await ada.composer.and(ada.page.locator(':focus')).waitFor()
    const ms = await ada.page.evaluate(() => Math.round(performance.now()))
    stage.t.diagnostic(`from navigation to the cursor in the composer: at most ${ms} ms`)
    await ada.isIn('Lobby')
    await ada.people.filter({ hasText: 'you' }).waitFor()
    await ada.page.keyboard.type('good evening')
    await ada.page.keyboard.press('Enter')
    await ada.hears('good evening')
    equal(await ada.composer.inputValue(), '')
    const [me] = await ada.people.allInnerTexts()
    match(me ?? '', /^\S+/)
    ok((await ada.messages.getByRole('article').getAttribute('aria-label'))?.startsWith(me!.split('\n')[0]!))
  },
)

scene('[R2 T1] bob finds the room of ada by its code, typed as people type', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  const code = await ada.makesRoom('Tea at five')
  await bob.joins(` ${code.toLowerCase().replaceAll('-', ' ').replace(/^(..)/, '$1 ')} `)
  await bob.isIn('Tea at five')
  await ada.messages.getByText('bob joined').waitFor()
  await ada.say('welcome')
  await bob.hears('ada: welcome')
  await bob.say('thank you')
  await ada.hears('bob: thank you')
  deepEqual(await ada.said(), ['welcome', 'thank you'])
  deepEqual(await bob.said(), ['welcome', 'thank you'])
})

scene('[R2 R5] a link leads into the room, and what is said there stays there', async (stage) => {
  const ada = await stage.arrive('ada')
  const eve = await stage.arrive('eve')
  const code = await ada.makesRoom('Attic')
  match(new URL(ada.page.url()).pathname, /^\/r\/[0-9A-Z-]{10,}$/)
  const bob = await stage.arrive('bob', { path: `/r/${code}` })
  await bob.isIn('Attic')
  await bob.say('between us')
  await ada.hears('bob: between us')
  await ada.room('Lobby').click()
  await ada.isIn('Lobby')
  await ada.say('hello all')
  await eve.hears('ada: hello all')
  deepEqual(await eve.said(), ['hello all'])
  equal(await eve.room(/./).count(), 1)
})

scene('[R2] a code that opens nothing says so next to the field', async (stage) => {
  const eve = await stage.arrive('eve')
  await eve.joins('nonsense')
  await eve.page.getByRole('alert').filter({ hasText: '10 letters and digits' }).waitFor()
  await eve.page.getByRole('textbox', { name: 'Code' }).fill('0123456789')
  await eve.button('Join').click()
  await eve.page.getByRole('alert').filter({ hasText: 'no room with this code' }).waitFor()
})

scene('[M5 M6] bubbles differ, runs are grouped, days and exact times are shown', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.messages.getByText('bob joined').waitFor() // else it may come between the two
  await ada.say('one')
  await ada.say('two')
  await bob.hears('two')
  await bob.say('three')
  await ada.hears('three')
  const colour = (text: string) =>
    ada
      .message(text)
      .getByText(text, { exact: true })
      .evaluate((element) => {
        let at: Element | null = element
        for (; at; at = at.parentElement) {
          const { backgroundColor } = getComputedStyle(at)
          if (backgroundColor !== 'rgba(0, 0, 0, 0)') return backgroundColor
        }
        return ''
      })
  notEqual(await colour('one'), await colour('three'), 'own and others’ bubbles')
  equal(
    await bob.message('one').getByText('ada', { exact: true }).count(),
    1,
    'the first of a run has the name',
  )
  equal(await bob.message('two').getByText('ada', { exact: true }).count(), 0, 'the second has not')
  await ada.messages.getByText('Today', { exact: true }).waitFor()
  const time = ada.message('three').getByRole('time')
  match((await time.getAttribute('title')) ?? '', /\d{4}.*\d{1,2}:\d{2}:\d{2}/)
})

scene(
  '[I4 P2] a new name is seen by everybody, on old messages too; a taken one is refused',
  async (stage) => {
    const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
    await ada.say('who am I')
    await bob.hears('ada: who am I')
    await ada.renames('Adelaide')
    await bob.hears('Adelaide: who am I')
    await ada.hears('Adelaide: who am I')
    await bob.messages.getByText('ada is now Adelaide').waitFor()
    await bob.people.filter({ hasText: 'Adelaide' }).waitFor()
    await bob.renames('ADELAIDE')
    const field = bob.page.getByRole('textbox', { name: 'Name' })
    await until('the field is marked', async () => (await field.getAttribute('aria-invalid')) === 'true')
    const why = await bob.page.getByRole('alert').filter({ hasText: /\w/ }).textContent()
    match(why ?? '', /taken|in use|somebody/i)
    await bob.page.keyboard.press('Escape')
    await bob.people.filter({ hasText: 'bob' }).waitFor()
  },
)

scene('[M3 M8] Up edits my last message, Esc leaves it alone', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.say('tee')
  await bob.hears('tee')
  await ada.composer.press('ArrowUp')
  await until('the message is in the composer', async () => (await ada.composer.inputValue()) === 'tee')
  await ada.composer.fill('coffee')
  await ada.composer.press('Escape')
  equal(await ada.composer.inputValue(), '')
  await ada.hears('ada: tee')
  await ada.composer.press('ArrowUp')
  await until('the message is in the composer', async () => (await ada.composer.inputValue()) === 'tee')
  await ada.say('tea')
  await bob.hears('ada: tea')
  await bob.message('ada: tea').getByText('edited').waitFor()
  deepEqual(await bob.said(), ['tea'])
  deepEqual(await ada.said(), ['tea'])
})

scene(
  '[M3 M8] whose message goes while it is edited keeps the words as a draft, and is told why',
  async (stage) => {
    const ada = await stage.arrive('ada')
    const phone = await stage.arriveAgain(ada)
    await ada.say('tea')
    await phone.hears('ada: tea')
    await ada.composer.fill('and cake')
    await ada.act('tea', 'Edit')
    await ada.composer.fill('tea at five')
    await phone.act('tea', 'Delete')
    await ada.page.getByRole('alert').filter({ hasText: 'does not exist any more' }).waitFor()
    await ada.button('Send').waitFor()
    equal(await ada.composer.inputValue(), 'and cake\ntea at five')
  },
)

scene('[M3 M8] an edit that is begun waits as a draft when one goes to another room', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.say('tea')
  await ada.makesRoom('Study')
  await ada.room('Lobby').click()
  await ada.act('tea', 'Edit')
  await ada.composer.fill('tea at five')
  await ada.room('Study').click()
  await ada.isIn('Study')
  equal(await ada.composer.inputValue(), '')
  await ada.room('Lobby').click()
  await ada.isIn('Lobby')
  equal(await ada.composer.inputValue(), 'tea at five')
  await ada.button('Send').waitFor()
})

scene('[M8] a text that is too long says so, by characters and by bytes', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.status('Connected').waitFor()
  const tooLong = ada.page.getByRole('alert').filter({ hasText: 'Too long' })
  for (const text of ['z'.repeat(10_001), '😀'.repeat(5_000)]) {
    await ada.composer.fill(text)
    await tooLong.waitFor()
    ok(await ada.button('Send').isDisabled())
    await ada.composer.fill('z'.repeat(9_999))
    await ada.page.getByText('1 left', { exact: true }).waitFor()
    equal(await tooLong.count(), 0)
  }
})

scene(
  '[M2] a deleted message is gone from both screens, and only who wrote it can delete it',
  async (stage) => {
    const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
    await ada.say('regret')
    await bob.hears('regret')
    await bob.message('regret').hover()
    await bob.button('React', bob.message('regret')).waitFor()
    equal(await bob.button('Delete', bob.message('regret')).count(), 0)
    await ada.act('regret', 'Delete')
    await ada.loses('regret')
    await bob.loses('regret')
    await bob.page.reload()
    await bob.messages.getByText('Nothing has been said').waitFor()
  },
)

scene(
  '[M4] a temporary message counts down and is gone from both screens',
  { server: houseWith('--temp-ttl', '2s') },
  async (stage) => {
    const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
    await ada.page.getByRole('switch', { name: 'Temporary' }).click()
    await ada.say('smoke')
    await bob.hears('smoke')
    await bob
      .message('smoke')
      .getByText(/\b[12] s\b/)
      .waitFor()
    await ada.loses('smoke')
    await bob.loses('smoke')
    await bob.page.reload()
    await bob.status('Connected').waitFor()
    deepEqual(await bob.said(), [])
  },
)

scene('[P5] bob sees that ada is typing, until she sends', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await bob.status('Connected').waitFor()
  await ada.people.filter({ hasText: 'bob' }).waitFor()
  await ada.composer.pressSequentially('hm')
  const typing = bob.page.getByRole('status').filter({ hasText: 'ada is typing' })
  await typing.waitFor()
  await ada.composer.press('Enter')
  await bob.hears('ada: hm')
  await typing.waitFor({ state: 'detached' })
})

scene('[M10 M13] reactions and pins are on both screens and can be taken back', async (stage) => {
  const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
  await ada.say('soup is ready')
  await bob.hears('soup is ready')
  await bob.act('soup is ready', 'React')
  await bob.button(/🎉/, bob.message('soup is ready')).click()
  const reaction = ada.message('soup is ready').getByRole('button', { name: /🎉 1/ })
  await reaction.click()
  await bob.message('soup is ready').getByRole('button', { name: /🎉 2/ }).click()
  await ada.message('soup is ready').getByRole('button', { name: /🎉 1/ }).waitFor()
  await ada.act('soup is ready', 'Pin')
  const pins = bob.page.getByRole('region', { name: 'Pinned messages' })
  await pins.getByText('soup is ready').waitFor()
  await ada.act('soup is ready', 'Unpin')
  await pins.waitFor({ state: 'detached' })
})
