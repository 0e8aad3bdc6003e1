/** Networks that go away, pages that reload and servers that are killed: nothing is lost, doubled or out of order. */

import { deepEqual, equal } from 'node:assert/strict'
import { spawnServer, tempFolder } from '../support/server.ts'
import type { Place } from '../support/socket.ts'
import { join } from '../support/socket.ts'
import { cableTo } from './cable.ts'
import { scene, until } from './stage.ts'

const numbers = (from: number, to: number, word = 'message') =>
  Array.from({ length: to - from + 1 }, (_, index) => `${word} ${from + index}`)

/** What the server has in the lobby, oldest first; cal asks it, without a browser. */
async function history(server: Place): Promise<string[]> {
  const cal = await join(server)
  const { records } = await cal.socket.ask({ t: 'message.history', room: cal.hello.lobby, limit: 100 })
  await cal.socket.close()
  const messages = records.filter((record: { type: string }) => record.type === 'message')
  return messages.map((message: { body: string }) => message.body).reverse()
}

scene(
  '[T7 P4] what is written offline waits, survives a reload, and is sent once',
  { isCut: true },
  async (stage) => {
    const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
    const ada = await stage.arrive('ada', { at: cable.url })
    const bob = await stage.arrive('bob')
    await ada.say('before')
    await bob.hears('before')
    const context = ada.page.context()
    cable.pull()
    await context.setOffline(true)
    await ada.status('Offline').waitFor()
    for (const text of numbers(1, 5)) await ada.say(text)
    await ada.page.getByText('5 messages are waiting to be sent.').waitFor()
    deepEqual(await ada.said(), ['before', ...numbers(1, 5)])
    deepEqual(await history(stage.server), ['before'])
    await ada.page.goto('about:blank')
    cable.plug()
    await context.setOffline(false)
    await ada.goto('/')
    for (const text of numbers(1, 5)) await bob.hears(`ada: ${text}`)
    await until('all are stored', async () => (await ada.page.getByText('waiting to be sent').count()) === 0)
    deepEqual(await ada.said(), ['before', ...numbers(1, 5)])
    deepEqual(await bob.said(), ['before', ...numbers(1, 5)])
    deepEqual(await history(stage.server), ['before', ...numbers(1, 5)])
  },
)

scene(
  '[T6 T7] a reload in the middle of sending loses nothing, doubles nothing and keeps the order',
  { isCut: true },
  async (stage) => {
    const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
    const ada = await stage.arrive('ada', { at: cable.url })
    const bob = await stage.arrive('bob')
    await ada.status('Connected').waitFor()
    for (const text of numbers(1, 10)) await ada.say(text)
    await bob.hears('message 10')
    cable.deafen()
    for (const text of numbers(11, 30)) await ada.say(text)
    await bob.hears('message 11')
    // The hardest moment: the next one is stored, but ada has not heard of it.
    deepEqual(await history(stage.server), numbers(1, 11))
    await ada.page.reload()
    await bob.hears('message 30')
    await ada.hears('message 30')
    deepEqual(await history(stage.server), numbers(1, 30))
    deepEqual(await bob.said(), numbers(1, 30))
    deepEqual(await ada.said(), numbers(1, 30))
  },
)

scene(
  '[T6 R1] the server is killed and comes back while both write: both have everything once, in one order',
  {
    isCut: true,
    server: async (test) => {
      const data = tempFolder(test)
      const first = await spawnServer({ data, flags: ['--rate-limit', 'off'], test })
      const again = () => spawnServer({ data, port: first.port, flags: ['--rate-limit', 'off'], test })
      return Object.assign(first, { again })
    },
  },
  async (stage) => {
    const { server } = stage
    const [ada, bob] = [await stage.arrive('ada'), await stage.arrive('bob')]
    for (const person of [ada, bob]) await person.status('Connected').waitFor()
    const talk = async (word: string, from: number, to: number) => {
      for (const text of numbers(from, to, word)) await (word === 'a' ? ada : bob).say(text)
    }
    const before = Promise.all([talk('a', 1, 10), talk('b', 1, 10)])
    await server.kill('SIGKILL')
    await before
    for (const person of [ada, bob]) await person.status('Reconnecting…').waitFor()
    await Promise.all([talk('a', 11, 15), talk('b', 11, 15)])
    await ada.composer.fill('half a thou')
    await server.again()
    // Who has failed for a while waits for up to 20 s.
    for (const person of [ada, bob]) await person.status('Connected').waitFor({ timeout: 25_000 })
    await Promise.all([bob.hears('a 15'), ada.hears('b 15')])
    await until('nothing waits', async () => (await ada.page.getByText('waiting to be sent').count()) === 0)
    const stored = await history(server)
    deepEqual(await ada.said(), stored)
    deepEqual(await bob.said(), stored)
    for (const word of ['a', 'b'])
      deepEqual(
        stored.filter((text) => text.startsWith(word)),
        numbers(1, 15, word),
      )
    equal(await ada.composer.inputValue(), 'half a thou')
    await ada.people.filter({ hasText: /bob.*online/s }).waitFor()
  },
)

scene('[T7] what a closed tab could not send, another tab sends', { isCut: true }, async (stage) => {
  const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
  const bob = await stage.arrive('bob')
  const ada = await stage.arrive('ada', { at: cable.url })
  const later = await ada.opensTab()
  for (const tab of [ada, later]) await tab.status('Connected').waitFor()
  cable.pull()
  for (const tab of [ada, later]) await tab.status('Reconnecting…').waitFor()
  for (const text of numbers(1, 3)) await later.say(text)
  await later.page.close()
  cable.plug()
  await bob.hears('ada: message 3')
  deepEqual(await history(stage.server), numbers(1, 3))
})

scene(
  '[P4] after a while without a connection the page says so, and tries at once when told',
  { isCut: true },
  async (stage) => {
    const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
    const ada = await stage.arrive('ada', { at: cable.url })
    await ada.status('Connected').waitFor()
    cable.pull()
    await ada.status('Reconnecting…').waitFor()
    await ada.page.getByText(/No connection.*Trying again in \d+ second/).waitFor()
    cable.plug()
    const held = Promise.withResolvers<void>()
    await ada.page.route('**/login', async (route) => {
      await held.promise
      await route.continue()
    })
    await ada.button('Try now').click()
    await ada.page.getByText(/No connection.*Trying…/).waitFor()
    held.resolve()
    await ada.status('Connected').waitFor()
    equal(await ada.button('Try now').count(), 0)
  },
)

scene(
  '[T7] what is edited, deleted and reacted to without a connection is done once there is one',
  { isCut: true },
  async (stage) => {
    const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
    const ada = await stage.arrive('ada', { at: cable.url })
    const bob = await stage.arrive('bob')
    for (const text of ['one', 'two', 'three']) await ada.say(text)
    await bob.hears('three')
    cable.pull()
    await ada.status('Reconnecting…').waitFor()
    await ada.say('four')
    await ada.act('one', 'Delete')
    await ada.act('two', 'Edit')
    await ada.say('zwei')
    await ada.act('three', 'React')
    await ada.button(/🎉/, ada.message('three')).click()
    deepEqual(await ada.said(), ['zwei', 'three', 'four'])
    deepEqual(await bob.said(), ['one', 'two', 'three'])
    cable.plug()
    await bob.message('three').getByRole('button', { name: /🎉 1/ }).waitFor()
    deepEqual(await bob.said(), ['zwei', 'three', 'four'])
    deepEqual(await ada.said(), ['zwei', 'three', 'four'])
  },
)

scene('[M3 T7] an edit that comes too late is a draft again, and why is said', async (stage) => {
  const ada = await stage.arrive('ada')
  const held = Promise.withResolvers<void>()
  await ada.page.routeWebSocket(/\/ws$/, (near) => {
    const far = near.connectToServer()
    near.onMessage(async (text) => {
      if (JSON.parse(String(text)).t === 'message.edit') await held.promise
      far.send(text)
    })
  })
  await ada.page.reload()
  await ada.say('tea')
  const phone = await stage.arriveAgain(ada)
  await phone.hears('ada: tea')
  await ada.act('tea', 'Edit')
  await ada.say('tea at five')
  await ada.hears('ada: tea at five')
  await phone.act('tea', 'Delete')
  await ada.loses('tea')
  equal(await ada.composer.inputValue(), '')
  held.resolve()
  await ada.page.getByRole('alert').filter({ hasText: 'Your change was not saved.' }).waitFor()
  equal(await ada.composer.inputValue(), 'tea at five')
})

scene('[M8 T7] what is written before the log-in is answered is a message all the same', async (stage) => {
  const bob = await stage.arrive('bob')
  const ada = await stage.arrive('ada')
  await ada.page.goto('about:blank')
  const held = Promise.withResolvers<void>()
  await ada.page.route('**/login', async (route) => {
    await held.promise
    await route.continue()
  })
  await ada.goto('/')
  await ada.status('Connecting…').waitFor()
  equal(await ada.status('Reconnecting…').count(), 0)
  await ada.say('early bird')
  deepEqual(await ada.said(), ['early bird'])
  held.resolve()
  await bob.hears('ada: early bird')
  await ada.hears('ada: early bird')
})

scene('[M8 T7] what cannot wait any more stays in the composer, and why is said', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.page.route('**/login', () => undefined) // never answered
  await ada.goto('/')
  await ada.composer.fill('patience')
  // Before anything is drawn again, every one of these is one more.
  await ada.composer.evaluate((field: HTMLTextAreaElement) => {
    for (let message = 1; message <= 1_000; message++) field.form?.requestSubmit()
  })
  await ada.say('one too many')
  await ada.page.getByRole('alert').filter({ hasText: '1000 messages are waiting already.' }).waitFor()
  equal(await ada.composer.inputValue(), 'one too many')
})

scene('[R2] a late answer to a link takes nobody away from where they went meanwhile', async (stage) => {
  const bob = await stage.arrive('bob')
  const code = await bob.makesRoom('Library')
  const ada = await stage.arrive('ada')
  const [asked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  await ada.page.routeWebSocket(/\/ws$/, (near) => {
    const far = near.connectToServer()
    near.onMessage(async (text) => {
      if (JSON.parse(String(text)).t === 'room.join') {
        asked.resolve()
        await held.promise
      }
      far.send(text)
    })
  })
  await ada.page.reload()
  await ada.status('Connected').waitFor()
  await ada.followsLink(`/r/${code}`)
  await asked.promise
  await ada.page.goBack()
  held.resolve()
  await ada.room('Library').waitFor()
  await ada.painted()
  await ada.isIn('Lobby')
  equal(new URL(ada.page.url()).pathname, '/')
})

scene(
  '[R2 P4] a link followed without a connection is followed once there is one',
  { isCut: true },
  async (stage) => {
    const bob = await stage.arrive('bob')
    const code = await bob.makesRoom('Library')
    const cable = await cableTo(Number(new URL(stage.server.url).port), stage.t)
    const ada = await stage.arrive('ada', { at: cable.url })
    await ada.status('Connected').waitFor()
    cable.pull()
    await ada.status('Reconnecting…').waitFor()
    await ada.followsLink(`/r/${code}`)
    const why = ada.page.getByRole('main').getByRole('alert')
    await why.filter({ hasText: 'There is no connection' }).waitFor()
    equal(await ada.page.getByText('leads nowhere').count(), 0)
    await ada.isIn('Lobby')
    await ada.page.goBack()
    await why.waitFor({ state: 'detached' })
    await ada.page.goForward()
    await why.waitFor()
    cable.plug()
    await ada.isIn('Library')
    await why.waitFor({ state: 'detached' })
  },
)

scene('[M8] a draft stays with its room, over a reload too', async (stage) => {
  const ada = await stage.arrive('ada')
  await ada.makesRoom('Study')
  await ada.composer.fill('dear diary')
  await ada.room('Lobby').click()
  await ada.isIn('Lobby')
  equal(await ada.composer.inputValue(), '')
  await ada.room('Study').click()
  await ada.isIn('Study')
  equal(await ada.composer.inputValue(), 'dear diary')
  await ada.page.reload()
  await ada.isIn('Study')
  await until('the draft is there', async () => (await ada.composer.inputValue()) === 'dear diary')
})

scene('[M8] a message that is refused stays, says why, and goes again or goes away', async (stage) => {
  const ada = await stage.arrive('ada')
  let refuses = true
  await ada.page.routeWebSocket(/\/ws$/, (near) => {
    const far = near.connectToServer()
    near.onMessage((text) => {
      const { t, ref, body } = JSON.parse(String(text))
      const why = body === 'or not' ? 'body: some visible text wanted' : 'You are muted.'
      if (t !== 'message.send' || !refuses) far.send(text)
      else near.send(JSON.stringify({ t: 'no', ref, code: 'forbidden', why, retry: null }))
    })
  })
  await ada.page.reload()
  await ada.status('Connected').waitFor()
  const bob = await stage.arrive('bob')
  await ada.say('let me speak')
  await ada.message('let me speak').getByRole('alert').filter({ hasText: 'You are muted.' }).waitFor()
  await ada.say('or not')
  await ada
    .message('or not')
    .getByRole('alert')
    .filter({ hasText: /^Some visible text wanted$/ })
    .waitFor()
  await ada.button('Discard', ada.message('or not')).press('Enter')
  await ada.loses('or not')
  await ada.message('let me speak').and(ada.page.locator(':focus')).waitFor()
  refuses = false
  await ada.button('Retry', ada.message('let me speak')).click()
  await ada.message('let me speak').and(ada.page.locator(':focus')).waitFor()
  await bob.hears('ada: let me speak')
  await ada.button('Retry').waitFor({ state: 'detached' })
  deepEqual(await bob.said(), ['let me speak'])
})
