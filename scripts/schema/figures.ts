/** The bounds that no flag moves, read from where they stand in the code. */

import { engineDefaults } from '../../src/engine/settings.ts'
import { MOST_UNREAD } from '../../src/engine/unread.ts'
import { bounds } from '../../src/fields.ts'
import { PER_TURN } from '../../src/net/hearing.ts'
import { netDefaults } from '../../src/net/settings.ts'
import type { Rate } from '../../src/state/bucket.ts'
import { PAGE_BYTES } from '../../src/store/gathering.ts'

const { rate, codeTries } = engineDefaults

/** What is bounded, where the bound is, and what happens beyond it. */
export const figures: readonly (readonly [bound: string, is: string, beyond: string])[] = [
  [
    'body of a message',
    `${whole(bounds.body)} code points and ${whole(bounds.bodyBytes)} bytes`,
    '`bad_frame`',
  ],
  ['name of a person', `${bounds.name} code points`, '`bad_frame`'],
  ['name of a room', `${bounds.roomName} code points`, '`bad_frame`'],
  ['lifetime of a temporary message', `${time(bounds.ttlMin)} to ${time(bounds.ttlMax)}`, '`bad_frame`'],
  ['records of a page', whole(bounds.page), '`bad_frame`'],
  ['records of a page, together', bytes(PAGE_BYTES), '`more`; the rest is asked for'],
  ['frame of a client', bytes(netDefaults.frame), 'close 1009'],
  ['fragments of a frame', whole(netDefaults.fragments), 'close 1008'],
  ['frames in flight per connection', whole(engineDefaults.inFlight), 'reading pauses'],
  ['rooms per person', whole(engineDefaults.roomsPerPerson), '`limit`'],
  ['messages of one address', rateOf(rate?.address), '`too_fast`'],
  ['names that one person takes', rateOf(rate?.names), '`too_fast`'],
  ['all frames of one person', rateOf(rate?.light), '`too_fast`'],
  ['all frames of one address', rateOf(rate?.lightByAddress), '`too_fast`'],
  [
    'messages of one address, as frames',
    `${rateOf(netDefaults.texts)}, ${PER_TURN} in a turn of the loop`,
    'reading pauses',
  ],
  ['messages of one connection, as frames', rateOf(netDefaults.messages), 'close 4002'],
  ['pings, fragments, empty messages of one connection', rateOf(netDefaults.idleFrames), 'close 4002'],
  [
    'wrong room codes',
    `${codeTries.person} per person and ${codeTries.address} per address and hour`,
    '`too_fast`',
  ],
  ['log-ins of one address', rateOf(netDefaults.logins), '429 `too_fast`'],
  ['connections opened by one person', rateOf(netDefaults.upgrades?.person), '429 `too_fast`'],
  ['connections opened from one address', rateOf(netDefaults.upgrades?.address), '429 `too_fast`'],
  [
    'waiting for the store',
    `${whole(engineDefaults.queueFrames)} frames, ${bytes(engineDefaults.queueBytes)}`,
    '`busy`',
  ],
  ['unread count', whole(MOST_UNREAD), 'counting stops: “99+”'],
  ['timeline records of a fresh window', whole(engineDefaults.window), 'older ones by `message.history`'],
  [
    'revs, and records changed in them, that are caught up',
    whole(engineDefaults.resumeChanges),
    'a fresh window',
  ],
  ['age of tombstones', time(engineDefaults.tombstones), 'a fresh window'],
  ['unsent bytes: signals', bytes(engineDefaults.signalBacklog), 'signals are dropped'],
  [
    'unsent bytes: live frames',
    bytes(engineDefaults.liveBacklog),
    `held back until below ${bytes(engineDefaults.resumeBacklog)}`,
  ],
  [
    `no progress above ${bytes(netDefaults.resumeBacklog)} of them`,
    time(netDefaults.stalled),
    'the socket is cut (1006)',
  ],
  [
    'heartbeat',
    `every ${time(netDefaults.pingEvery)} ± 20 %`,
    `no byte within ${time(netDefaults.pingAnswer)}: close 4001`,
  ],
  ['unfinished message', time(netDefaults.unfinished), 'close 4001'],
  ['HTTP body', bytes(netDefaults.httpBody), '413 `bad_frame`'],
  ['HTTP headers', bytes(netDefaults.httpHeaders), '431 `limit`'],
  [
    'HTTP headers, whole request',
    `${time(netDefaults.headersTimeout)}, ${time(netDefaults.requestTimeout)}`,
    '408 `bad_frame`',
  ],
]

function rateOf(wanted: Rate | null | undefined): string {
  return wanted ? `${whole(wanted.burst)} at once, then ${wanted.perSecond} per second` : 'unlimited'
}

function bytes(count: number): string {
  const [size, unit] = count >= 2 ** 20 ? [count / 2 ** 20, 'MiB'] : [count / 1024, 'KiB']
  return `${size} ${unit}`
}

function time(ms: number): string {
  const day = 24 * 3_600_000
  return ms % day === 0 ? `${ms / day} days` : `${ms / 1000} s`
}

function whole(count: number): string {
  return count.toLocaleString('en-US')
}
