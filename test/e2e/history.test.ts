/** A room with a past: older pages come when one scrolls up, and nobody who reads them is moved. */

import { deepEqual, ok } from 'node:assert/strict'
import { nanoid } from 'nanoid'
import type { Place } from '../support/socket.ts'
import { join } from '../support/socket.ts'
import type { Person } from './person.ts'
import { scene, until } from './stage.ts'

/** px that a line may be off and still be where it was. */
const STILL = 2

/** Cal has said “line 1” to “line 200” in the lobby. */
async function talkOf(server: Place, lines: number) {
  const cal = await join(server, 'cal')
  const room = cal.hello.lobby
  const say = async (body: string) => {
    const id = nanoid()
    await cal.socket.ask({ t: 'message.send', room, id, body })
    return id
  }
  const pin = (message: string) => cal.socket.ask({ t: 'pin.add', room, message })
  for (let line = 1; line <= lines; line++) await say(`line ${line} of ${lines}`)
  return { say, pin }
}

const topOf = async (person: Person, text: string) =>
  (await person.message(text).boundingBox())?.y ?? Number.NaN
const count = (person: Person) => person.messages.getByRole('article').count()

scene('[S1 M7] scrolling up loads older pages and holds the place', async (stage) => {
  await talkOf(stage.server, 200)
  const ada = await stage.arrive('ada')
  await ada.message('line 200 of 200').waitFor()
  ok((await count(ada)) <= 60, 'one page at first')
  await ada.messages.hover()
  await until('the first line is there', async () => {
    await ada.page.mouse.wheel(0, -400)
    return (await ada.message('line 1 of').count()) > 0
  })
  const lines = (await ada.said()).map((text) => Number(/\d+/.exec(text)?.[0]))
  deepEqual(
    lines,
    Array.from({ length: 200 }, (_, index) => index + 1),
  )
})

scene('[S1 M7] at the very top, what one sees stays where it is while older ones come', async (stage) => {
  await talkOf(stage.server, 200)
  const ada = await stage.arrive('ada')
  await ada.message('line 200 of 200').waitFor()
  const before = await count(ada)
  const [first = ''] = await ada.said()
  await ada.messages.evaluate((log) => {
    log.scrollTop = 0
  })
  await until('an older page is there', async () => (await count(ada)) > before)
  await ada.painted()
  const [view, line] = [await ada.messages.boundingBox(), await ada.message(first).boundingBox()]
  ok(view && line)
  ok(line.y >= view.y && line.y < view.y + view.height, `${first} is still on the screen`)
  ok((await count(ada)) < 200, 'not everything was loaded at once')
})

scene('[M7] a reader of older ones is not torn away, and one button leads back', async (stage) => {
  const cal = await talkOf(stage.server, 60)
  const ada = await stage.arrive('ada')
  await ada.message('line 60 of').waitFor()
  await ada.messages.hover()
  await until('line 30 is in view', async () => {
    await ada.page.mouse.wheel(0, -300)
    const y = await topOf(ada, 'line 30 of')
    return y > 100 && y < 700
  })
  await until('it stands still', async () => {
    const y = await topOf(ada, 'line 30 of')
    await ada.painted()
    return y === (await topOf(ada, 'line 30 of'))
  })
  const before = await topOf(ada, 'line 30 of')
  for (const word of ['one', 'two', 'three']) await cal.say(`new ${word}`)
  const jump = ada.button(/^Jump to the newest, 3 new$/)
  await jump.waitFor()
  ok(Math.abs((await topOf(ada, 'line 30 of')) - before) <= STILL, 'the line did not move')
  await jump.click()
  await until('the newest is in view', async () => (await topOf(ada, 'new three')) < 800)
  await jump.waitFor({ state: 'detached' })
  await cal.say('and on it goes')
  await ada.message('and on it goes').waitFor()
  await until('the newest is followed', async () => (await topOf(ada, 'and on it goes')) < 800)
})

scene('[M20] who comes back finds the line where the new ones begin', async (stage) => {
  const cal = await talkOf(stage.server, 3)
  const ada = await stage.arrive('ada')
  await ada.message('line 3 of').waitFor()
  await ada.makesRoom('Elsewhere')
  for (let word = 1; word <= 30; word++) await cal.say(`news ${word}`)
  await ada.room(/30 unread/).click()
  await ada.messages.getByText('New messages', { exact: true }).waitFor()
  await until('the first new one is in view', async () => (await topOf(ada, 'news 1,')) < 800)
  await until('what was read is read', async () => {
    await ada.messages.hover()
    await ada.page.mouse.wheel(0, 2_000)
    return (await ada.room(/unread/).count()) === 0
  })
})

scene('[M13] a pin leads to its message, and the place is held there', async (stage) => {
  const cal = await talkOf(stage.server, 20)
  await cal.pin(await cal.say('the rules of this house'))
  for (let line = 1; line <= 60; line++) await cal.say(`chatter ${line}`)
  const ada = await stage.arrive('ada')
  await ada.message('chatter 60').waitFor()
  const pins = ada.page.getByRole('region', { name: 'Pinned messages' })
  const isInView = async () => {
    const y = await topOf(ada, 'the rules of this house')
    return y > 0 && y < 800
  }
  for (const again of [1, 2]) {
    await pins.getByText('the rules of this house').click()
    await until('it is in view', isInView)
    await cal.say(`and more ${again}`)
    await ada.button(/^Jump to the newest, \d new$/).waitFor()
    await ada.painted()
    ok(await isInView(), 'it is still in view')
    await ada.button(/^Jump to the newest/).click()
    await until('the newest is in view', async () => (await topOf(ada, `and more ${again}`)) < 800)
  }
})

scene('[M13] a pin leads to its message, however long ago it was', async (stage) => {
  const cal = await talkOf(stage.server, 1)
  await cal.pin(await cal.say('the rules of this house'))
  for (let line = 1; line <= 1_100; line++) await cal.say(`chatter ${line}`)
  const ada = await stage.arrive('ada')
  await ada.message('chatter 1100').waitFor()
  const pins = ada.page.getByRole('region', { name: 'Pinned messages' })
  await pins.getByText('the rules of this house').click()
  const rules = ada.message('the rules of this house')
  await rules.waitFor()
  await until('it is in view', async () => {
    const y = await topOf(ada, 'the rules of this house')
    return y > 0 && y < 800
  })
  await ada.page.locator(':focus').and(rules).waitFor()
  ok((await count(ada)) <= 1_000, 'there are never too many rows')
  // By its label alone: asking five thousand buttons for their role and name takes a busy machine ten seconds.
  await ada.page.getByLabel(/^Jump to the newest/).click()
  await ada.message('chatter 1100').waitFor()
})

scene(
  '[P2 M7] many who came are one row, and fetching more for it ends until somebody asks',
  async (stage) => {
    let asked = 0
    for (let at = 0; at < 340; at += 20)
      await Promise.all(Array.from({ length: 20 }, async () => (await join(stage.server)).socket.close()))
    const ada = await stage.arrive(null)
    await ada.button('Show older messages', ada.messages).waitFor()
    ada.page.on('websocket', (socket) =>
      socket.on('framesent', ({ payload }) => {
        if (String(payload).includes('"message.history"')) asked += 1
      }),
    )
    await ada.goto('/')
    const older = ada.button('Show older messages', ada.messages)
    await older.waitFor()
    deepEqual(asked, 5)
    deepEqual(await ada.messages.getByText('Nothing has been said').count(), 0, 'nobody knows yet')
    const came = ada.messages.getByText(/and \d+ more joined/)
    deepEqual(await came.count(), 1)
    const before = await came.textContent()
    await older.click()
    await until('more of them are counted', async () => (await came.textContent()) !== before)
  },
)
