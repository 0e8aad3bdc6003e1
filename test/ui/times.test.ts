import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clockFor, lifetime } from '../../client/ui/times.ts'

const clock = clockFor('en-GB', 'Europe/Berlin')
const at = (text: string) => Date.parse(text)
const now = at('2026-11-20T12:00:00Z')

test('days are named as people name them', () => {
  assert.equal(clock.day(at('2026-11-20T08:00:00Z'), now), 'Today')
  assert.equal(clock.day(at('2026-11-19T08:00:00Z'), now), 'Yesterday')
  assert.equal(clock.day(at('2026-11-16T08:00:00Z'), now), 'Monday')
  assert.equal(clock.day(at('2026-11-13T08:00:00Z'), now), 'Friday 13 November')
  assert.equal(clock.day(at('2025-11-20T08:00:00Z'), now), '20 November 2025')
})

test('a day ends at midnight where the reader is', () => {
  assert.equal(clock.day(at('2026-11-19T22:59:00Z'), now), 'Yesterday')
  assert.equal(clock.day(at('2026-11-19T23:00:00Z'), now), 'Today')
  assert.equal(clock.dayNumber(at('2026-11-19T23:00:00Z')) - clock.dayNumber(at('2026-11-19T22:59:00Z')), 1)
})

test('without a zone the days are those of this machine', () => {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  const [here, there] = [clockFor('en-GB'), clockFor('en-GB', timeZone)]
  for (let hour = 0; hour < 48; hour++) {
    const moment = now + hour * 3_600_000
    assert.equal(here.dayNumber(moment), there.dayNumber(moment))
  }
})

test('the change to winter time makes no day longer than one', () => {
  assert.equal(clock.dayNumber(at('2026-10-25T22:00:00Z')) - clock.dayNumber(at('2026-10-24T22:30:00Z')), 0)
})

test('[M5] the list of rooms has times of today, then days, then dates', () => {
  assert.equal(clock.short(at('2026-11-20T08:05:00Z'), now), '09:05')
  assert.equal(clock.short(at('2026-11-18T08:05:00Z'), now), 'Wed')
  assert.equal(clock.short(at('2026-11-02T08:05:00Z'), now), '2 Nov')
})

test('the tooltip says everything', () => {
  assert.match(clock.exact(at('2026-11-20T08:05:09Z')), /Friday.*20 November 2026.*09:05:09/)
})

test('[M4] what is left of a lifetime is rounded up', () => {
  assert.equal(lifetime(10_000), '10 s')
  assert.equal(lifetime(9_001), '10 s')
  assert.equal(lifetime(0), '0 s')
  assert.equal(lifetime(60_000), '1 min')
  assert.equal(lifetime(3_600_000), '1 h')
  assert.equal(lifetime(86_400_000), '1 d')
})
