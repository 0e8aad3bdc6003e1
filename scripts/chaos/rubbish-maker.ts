/**
 * Makes text frames that are surely wrong, from the schema of the protocol: a right frame with one thing in it broken,
 * or no frame at all. It says which answer is due.
 */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Random } from '../../test/support/random.ts'

export interface Rubbish {
  text: string
  /** Under which `ref` it must be answered. */
  ref: number | null
  code: 'bad_frame' | 'unknown_frame'
}

interface Field {
  const?: string
  type?: 'string' | 'integer' | 'number' | 'boolean' | 'array'
  pattern?: string
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  'x-also'?: string[]
}

interface Form {
  properties: Record<string, Field>
  required: string[]
}

type Broken = Record<string, unknown>

const file = join(import.meta.dirname, '..', '..', 'docs', 'protocol.schema.json')

/** Frames of clients by name. The file is ours and has a test of its own. */
function readForms(): Form[] {
  const { $defs } = JSON.parse(readFileSync(file, 'utf8')) as { $defs: Record<string, unknown> }
  return Object.entries($defs)
    .filter(([name]) => name.startsWith('client.'))
    .map(([, form]) => form as Form)
}

/** Stands for what JSON cannot say itself. */
const LONE = '\ud800'
const strangers: unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  '',
  [],
  {},
  [[]],
  { toString: 1 },
  ['x'],
  { length: 1 },
]

export class RubbishMaker {
  readonly #random: Random
  readonly #forms = readForms()
  #ref = 0

  constructor(random: Random) {
    this.#random = random
  }

  next(): Rubbish {
    const dice = this.#random.next()
    if (dice < 0.1) return this.#noFrame()
    if (dice < 0.2) return this.#noName()
    if (dice < 0.3) return this.#noRef()
    return this.#brokenField()
  }

  /** Not JSON, or no object. */
  #noFrame(): Rubbish {
    const random = this.#random
    const whole = JSON.stringify(this.#right(random.pick(this.#forms)))
    const texts = [
      whole.slice(0, random.below(whole.length)) || '{',
      `${whole}}`,
      `\ufeff${whole}`,
      whole.replaceAll('"', "'"),
      `[${whole}]`,
      '['.repeat(1 + random.below(20_000)),
      `${'['.repeat(5000)}${']'.repeat(5000)}`,
      `{"a":${'{"a":'.repeat(3000)}1${'}'.repeat(3001)}`,
      String(random.pick(['null', 'true', '0', '"hi"', '[]', 'NaN', 'undefined', '{"t":}', '\0', '{}{}'])),
      String.fromCodePoint(...Array.from({ length: 1 + random.below(200) }, () => 1 + random.below(0xd7fe))),
      'x'.repeat(random.below(65_000) + 1),
    ]
    return { text: random.pick(texts), ref: null, code: 'bad_frame' }
  }

  #noName(): Rubbish {
    const random = this.#random
    const frame: Broken = { ...this.#right(random.pick(this.#forms)), ref: ++this.#ref }
    const unknown = [
      '__proto__',
      'constructor',
      'toString',
      'room.found',
      'record.expire',
      'room.vanish',
      'Beat',
      '',
      '💥',
    ]
    const wrong = [null, 7, ['beat'], { beat: 1 }, 'x'.repeat(65), true]
    const isUnknown = random.chance(0.6)
    if (isUnknown) frame.t = random.pick(unknown)
    else if (random.chance(0.2)) delete frame.t
    else frame.t = random.pick<unknown>(wrong)
    return { text: JSON.stringify(frame), ref: this.#ref, code: isUnknown ? 'unknown_frame' : 'bad_frame' }
  }

  #noRef(): Rubbish {
    const frame: Broken = this.#right(this.#random.pick(this.#forms))
    frame.ref = this.#random.pick<unknown>(['1', -1, 1.5, 2 ** 53, 1e300, null, [], {}, true, [1]])
    return { text: JSON.stringify(frame), ref: null, code: 'bad_frame' }
  }

  #brokenField(): Rubbish {
    const random = this.#random
    for (;;) {
      const form = random.pick(this.#forms)
      const names = Object.keys(form.properties).filter((name) => name !== 't' && name !== 'ref')
      if (names.length === 0) continue
      const name = random.pick(names)
      const frame: Broken = { ...this.#right(form), ref: ++this.#ref }
      if (form.required.includes(name) && random.chance(0.15)) delete frame[name]
      else frame[name] = this.#broken(form.properties[name]!)
      return { text: JSON.stringify(frame), ref: this.#ref, code: 'bad_frame' }
    }
  }

  #right({ properties }: Form): Broken {
    const frame: Broken = {}
    for (const [name, field] of Object.entries(properties))
      if (name !== 'ref') frame[name] = rightValue(name, field)
    return frame
  }

  #broken(field: Field): unknown {
    const random = this.#random
    if (random.chance(0.4)) return random.pick(strangers.filter((value) => typeof value !== jsType(field)))
    switch (field.type) {
      case 'string':
        return random.pick(brokenTexts(field))
      case 'integer':
      case 'number':
        return random.pick([(field.minimum ?? 0) - 1, (field.maximum ?? 2 ** 53) * 2, 0.5, '1', 1e300])
      case 'array':
        return random.pick<unknown>([
          Array.from({ length: (field.maxItems ?? 100) + 1 }, () => 'x'),
          [1],
          [null],
          [['x']],
        ])
      default:
        return random.pick<unknown>(['true', 1, null, []])
    }
  }
}

/** The value that may stand there. */
function rightValue(name: string, field: Field): unknown {
  if (field.const !== undefined) return field.const
  if (field.type === 'integer' || field.type === 'number') return Math.max(field.minimum ?? 0, 1)
  if (field.type === 'boolean') return false
  if (field.type === 'array') return []
  if (name === 'emoji') return '👍'
  return name === 'code' ? '7h2k9mq4vx' : 'rubbish-1'
}

function brokenTexts(field: Field): string[] {
  const long = 'x'.repeat((field.maxLength ?? 96) + 1)
  if (field.pattern !== undefined)
    return ['', ' ', 'x y', 'ä', '../..', "' OR 1=1 --", '\0', LONE, 'x'.repeat(97)]
  // What is kept nowhere may hold anything.
  if (field['x-also'] === undefined) return [long]
  return ['\0', `a\0b`, LONE, `x${LONE}`, '', '   ', '\n\t', long]
}

/** What `typeof` says of a right value: an array is told from other objects by its strangers being broken inside. */
function jsType({ type }: Field): string {
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'array' ? 'object' : (type ?? 'string')
}
