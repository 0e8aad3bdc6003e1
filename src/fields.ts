/** The checkers that frames share: ids, texts and numbers with their bounds. Each says in words what it wanted. */

import * as v from 'valibot'
import { readCode } from './state/code.ts'
import { isShort, isSmall, isStorable, isVisible, tidyLine } from './state/text.ts'

/** Bounds that the protocol itself has. Lengths in code points, bytes in UTF-8, times in ms. */
export const bounds = {
  id: 64,
  body: 10_000,
  bodyBytes: 16_384,
  name: 40,
  roomName: 80,
  emoji: 32,
  page: 200,
  ttlMin: 1_000,
  ttlMax: 7 * 24 * 3_600_000,
} as const

/** An id that a client may mint, as nanoid makes them. */
export const id = v.pipe(
  v.string('text wanted'),
  v.regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, - or _ wanted'),
)

/** The id of any room or person, whoever made it. */
export const anyId = v.pipe(
  v.string('text wanted'),
  v.regex(/^[A-Za-z0-9_:-]{1,96}$/, 'an id of 1 to 96 characters wanted'),
)

const storable = v.check<string, string>(isStorable, 'well-formed Unicode without NUL wanted')

/** What somebody says: any text but an empty one. */
export const body = v.pipe(
  v.string('text wanted'),
  v.maxLength(2 * bounds.body, `at most ${bounds.body} characters wanted`),
  storable,
  v.check(isVisible, 'some visible text wanted'),
  v.check((text) => isShort(text, bounds.body), `at most ${bounds.body} characters wanted`),
  v.check((text) => isSmall(text, bounds.bodyBytes), `at most ${bounds.bodyBytes} bytes wanted`),
)

const line = (most: number) =>
  v.pipe(
    v.string('text wanted'),
    v.maxLength(8 * most, `1 to ${most} characters wanted`),
    storable,
    v.transform(tidyLine),
    v.check((text) => text !== '' && isShort(text, most), `1 to ${most} visible characters wanted`),
  )

/** A person's name, tidied. */
export const personName = line(bounds.name)
/** A room's name, tidied. */
export const roomName = line(bounds.roomName)

/** A room code in any case, with spaces and dashes; comes out in its one form. */
export const code = v.pipe(
  v.string('text wanted'),
  v.maxLength(40, 'a code of 10 letters and digits wanted'),
  v.check((typed) => readCode(typed) !== null, 'a code of 10 letters and digits wanted'),
  v.transform((typed) => readCode(typed) ?? typed),
)

const whole = (least: number, most: number) =>
  v.pipe(
    v.number('a number wanted'),
    v.integer('a whole number wanted'),
    v.minValue(least, `at least ${least} wanted`),
    v.maxValue(most, `at most ${most} wanted`),
  )

/** A position on a room's clock. */
export const rev = whole(0, Number.MAX_SAFE_INTEGER)
/** How many at once. */
export const limit = whole(1, bounds.page)
/** Lifetime in ms. */
export const ttl = whole(bounds.ttlMin, bounds.ttlMax)

const emojiSequence = /^\p{RGI_Emoji}$/v
/** One emoji, as recommended for general interchange. */
export const emoji = v.pipe(
  v.string('text wanted'),
  v.maxLength(bounds.emoji, 'one emoji wanted'),
  v.check((text) => emojiSequence.test(text), 'one emoji wanted'),
)

export const flag = v.boolean('true or false wanted')
