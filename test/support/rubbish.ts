/** Malformed frames made from the schema by chance, each with what must come of it. It sends nothing. */

import type { JsonSchema } from '../../scripts/schema/client-frames.ts'
import { clientSchema, sendable } from '../../scripts/schema/client-frames.ts'
import type { ErrorCode } from '../../src/protocol.ts'
import type { Random } from './random.ts'

/** What is sent, and what must come back. */
export interface Case {
  text: string
  ref: number | null
  /** Any of them; which one depends on what else is wrong. */
  codes: readonly (ErrorCode | 'ok')[]
}

const specs = [...sendable.values()]
/** What no field of any frame may be, as JSON, because `JSON.stringify` cannot write all of it. */
const neverRight = [
  'null',
  '[]',
  '{}',
  '[null]',
  '{"length":5}',
  '{"toString":"x"}',
  '{"__proto__":{"room":"lobby"}}',
  '[[[[[[]]]]]]',
  '1e400',
  '-1e400',
  '-1',
  '0.5',
  '1e21',
  '9007199254740993',
  '""',
  '"\\ud800"',
  '"a\\u0000b"',
  '"\\udfff\\ud800"',
]
/** Wrong wherever text is wanted, and a little of what is right elsewhere. */
const wrongTexts = [...neverRight, 'true', 'false', '0', '1', '12', '["lobby"]', '" "']
const badRefs = ['null', '"7"', '-1', '1.5', '1e400', '9007199254740993', '[]', '{}', 'true', '"__proto__"']
const badNames = [
  '""',
  '"no.such"',
  '"__proto__"',
  '"constructor"',
  '"toString"',
  '"MESSAGE.SEND"',
  '"room.vanish"',
  '"record.expire"',
  '"message.send\\u0000"',
  '"member.named"',
]
const notFrames = [
  ' ',
  'null',
  'true',
  '0',
  '"beat"',
  '[]',
  '[{"t":"beat"}]',
  '{}',
  '{',
  '{"t":"beat"',
  '{"t":beat}',
  'undefined',
  'NaN',
  "{'t':'beat'}",
  '\ufeff{"t":"beat"}',
  '{"t":"beat"}{"t":"beat"}',
  '{"t":"beat",}',
  '\\u0000',
]

/** One frame that is wrong in one way, or right but for nobody. */
export function spoil(chance: Random, ref: number): Case {
  const spec = chance.pick(specs)
  const schema = clientSchema(spec)
  const fields = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 't' && name !== 'ref')
  const required = (schema.required ?? []).filter((name) => name !== 't')
  const members = new Map(
    fields.filter(([name]) => required.includes(name)).map(([name, one]) => [name, right(one)]),
  )
  members.set('t', JSON.stringify(spec.name))
  members.set('ref', String(ref))
  const way = chance.below(9)
  if (way === 0) return { text: chance.pick(notFrames), ref: null, codes: ['bad_frame'] }
  if (way === 1) {
    members.set('ref', chance.pick(badRefs))
    return { text: written(members), ref: null, codes: ['bad_frame'] }
  }
  if (way === 2) {
    members.set('t', chance.pick([...badNames, ...neverRight]))
    return { text: written(members), ref, codes: ['unknown_frame', 'bad_frame'] }
  }
  if (way === 3) {
    // Strange company must not matter.
    members.set(
      chance.pick(['__proto__', 'constructor', 'prototype', 'x', '', 'then', 'toJSON']),
      chance.pick(wrongTexts),
    )
    // Only this one says by itself that something is missing.
    const codes = spec.name === 'room.join' ? (['bad_frame'] as const) : harmless
    return { text: written(members), ref, codes }
  }
  const [name, one] = fields.length > 0 ? chance.pick(fields) : ['', undefined]
  if (one === undefined) return { text: written(members), ref, codes: ['ok'] }
  if (way === 4 && required.includes(name)) {
    members.delete(name)
    return { text: written(members), ref, codes: ['bad_frame'] }
  }
  members.set(name, wrong(chance, one))
  return { text: written(members), ref, codes: ['bad_frame'] }
}

/** What a frame that is right gets from somebody who is in none of its rooms. */
const harmless = ['ok', 'not_found'] as const

/** A value that the schema allows, as JSON. */
function right(schema: JsonSchema | boolean): string {
  if (typeof schema === 'boolean') return 'null'
  if (schema.type === 'integer') return String(schema.minimum ?? 0)
  if (schema.type === 'boolean') return 'false'
  if (schema.type === 'array') return '["nobody-0001"]'
  return 'x-also' in schema && JSON.stringify(schema['x-also']).includes('emoji') ? '"👍"' : '"nowhere-0001"'
}

/** A value that the schema, or what it says in words, does not allow. */
function wrong(chance: Random, schema: JsonSchema | boolean): string {
  if (typeof schema === 'boolean') return 'null'
  switch (schema.type) {
    case 'integer':
      return chance.pick([...neverRight, 'true', '"1"', '["1"]', String((schema.maximum ?? 0) + 1)])
    case 'boolean':
      return chance.pick([...neverRight, '0', '1', '"true"', '[true]'])
    case 'array':
      return chance.pick([
        ...wrongTexts.filter((text) => text !== '[]' && text !== '["lobby"]'),
        `[${wrong(chance, { type: 'string', pattern: 'id' })}]`,
        JSON.stringify(Array.from({ length: (schema.maxItems ?? 0) + 1 }, (_, n) => `person-${n}`)),
      ])
    default: {
      const isAnyText = schema.pattern === undefined && !('x-also' in schema)
      const wrongs = isAnyText ? wrongTexts.filter((text) => !text.startsWith('"')) : wrongTexts
      return chance.pick([...wrongs, JSON.stringify('é'.repeat((schema.maxLength ?? 96) + 1))])
    }
  }
}

const written = (members: ReadonlyMap<string, string>): string =>
  `{${[...members].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
