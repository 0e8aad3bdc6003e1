/** What every `Bus` promises, run against each implementation. */

import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import type { Bus, Log, News } from '../../src/engine/ports.ts'

const erased = (room: string): News => ({ kind: 'erased', room })

/** `open` makes a bus that tells its log of what hearers throw. */
export function busContract(name: string, open: (t: TestContext, log: Log) => Promise<Bus>): void {
  const openQuiet = (t: TestContext) => {
    const errors: string[] = []
    const log: Log = { info: () => undefined, warn: () => undefined, error: (event) => errors.push(event) }
    return open(t, log).then((bus) => ({ bus, errors }))
  }

  /** The rooms of the news heard so far, and a wait for as many. */
  function listen(bus: Bus) {
    const heard: string[] = []
    let wake = (): void => undefined
    const cancel = bus.subscribe((news) => {
      heard.push(news.kind === 'commit' ? news.commit.room : news.room)
      wake()
    })
    const until = async (count: number) => {
      while (heard.length < count) await new Promise<void>((resolve) => (wake = resolve))
      return heard
    }
    return { heard, cancel, until }
  }

  test(`${name}: whoever listens hears all news in order, the publisher too`, async (t) => {
    const { bus } = await openQuiet(t)
    const [ada, bob] = [listen(bus), listen(bus)]
    const rooms = Array.from({ length: 100 }, (_, i) => `r${i}`)
    for (const room of rooms) bus.publish(erased(room))
    assert.deepEqual(await ada.until(100), rooms)
    assert.deepEqual(await bob.until(100), rooms)
  })

  test(`${name}: news arrives as it was sent`, async (t) => {
    const { bus } = await openQuiet(t)
    const heard: News[] = []
    const all: News[] = [
      {
        kind: 'commit',
        commit: { room: 'r', from: 0, rev: 1, put: [], del: [['pin', 'm']] },
        text: '{"t":"sync"}',
      },
      { kind: 'signal', room: 'r', text: '{"t":"signal"}', except: 'ada' },
      erased('r'),
    ]
    const last = new Promise<void>((resolve) => {
      bus.subscribe((news) => {
        if (heard.push(news) === all.length) resolve()
      })
    })
    for (const news of all) bus.publish(news)
    await last
    assert.deepEqual(heard, all)
  })

  test(`${name}: a hearer that throws disturbs nobody and is logged`, async (t) => {
    const { bus, errors } = await openQuiet(t)
    bus.subscribe(() => {
      throw new Error('bad day')
    })
    const ada = listen(bus)
    bus.publish(erased('r1'))
    bus.publish(erased('r2'))
    assert.deepEqual(await ada.until(2), ['r1', 'r2'])
    assert.equal(errors.length, 2)
  })

  test(`${name}: who cancelled hears no more, even within the same news`, async (t) => {
    const { bus } = await openQuiet(t)
    let cancelBob = (): void => undefined
    bus.subscribe(() => cancelBob())
    const bob = listen(bus)
    cancelBob = bob.cancel
    const ada = listen(bus)
    bus.publish(erased('r1'))
    await ada.until(1)
    assert.deepEqual(bob.heard, [])
    bob.cancel()
  })

  test(`${name}: news published by a hearer does not overtake`, async (t) => {
    const { bus } = await openQuiet(t)
    bus.subscribe((news) => {
      if (news.kind === 'erased' && news.room === 'first') bus.publish(erased('second'))
    })
    const ada = listen(bus)
    bus.publish(erased('first'))
    assert.deepEqual(await ada.until(2), ['first', 'second'])
  })

  test(`${name}: after close nobody hears anything`, async (t) => {
    const { bus } = await openQuiet(t)
    const ada = listen(bus)
    await bus.close()
    bus.publish(erased('r'))
    assert.deepEqual(ada.heard, [])
  })
}
