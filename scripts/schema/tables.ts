/** The tables of SPEC.md, each made from the code that it describes. Prose is written by hand, elsewhere. */

import { join } from 'node:path'
import type { GenericSchema } from 'valibot'
import { allOptions } from '../../src/config/options.ts'
import { isRecordType, kinds } from '../../src/state/records.ts'
import type { Spec } from './client-frames.ts'
import { permitOf, sendable, weightOf } from './client-frames.ts'
import { figures } from './figures.ts'
import type { Field } from './interfaces.ts'
import { readInterfaces } from './interfaces.ts'

const source = join(import.meta.dirname, '..', '..', 'src')
const shapes = readInterfaces(join(source, 'protocol.ts'))
const dictionary = readInterfaces(join(source, 'state', 'records.ts'))

/** The table that a marker such as `fields message.send` asks for. Throws on what there is not. */
export function tableFor(wanted: string): string {
  const [what = '', name = ''] = wanted.split(' ')
  switch (what) {
    case 'frames':
      return framesTable()
    case 'fields':
      return fieldsTable(found(sendable.get(name), wanted))
    case 'records':
      return recordsTable()
    case 'record':
      return shapeTable(found(dictionary.get(`${capital(name)}Record`), wanted), ['type'])
    case 'shape':
      return shapeTable(found(shapes.get(name), wanted), ['t'])
    case 'figures':
      return table(['bound', 'is', 'beyond it'], figures)
    case 'settings':
      return settingsTable()
  }
  throw new Error(`no table is called “${wanted}”`)
}

function framesTable(): string {
  const rows = [...sendable.values()].map((spec) => {
    const isOnDesk = spec.kind === 'command' && spec.rules.in === 'desk'
    return [
      `[\`${spec.name}\`](#${anchor(spec.name)})`,
      spec.kind,
      isOnDesk ? 'self' : permitOf(spec),
      weightOf(spec),
    ]
  })
  return table(['frame', 'is a', 'who may', 'weighs'], rows)
}

function fieldsTable({ fields }: Spec): string {
  const rows = Object.entries(fields).map(([name, checker]) => {
    const { isOptional, fallback, wanted } = describe(checker)
    const absent = fallback === undefined ? 'may be absent' : `absent: \`${JSON.stringify(fallback)}\``
    return [code(name), wanted, isOptional ? absent : 'required']
  })
  return rows.length === 0 ? 'It has no fields.' : table(['field', 'wanted', ''], rows)
}

function recordsTable(): string {
  const rows = Object.keys(kinds)
    .filter(isRecordType)
    .map((type) => {
      const { place, on, expires, brief, marks } = kinds[type]
      const traits = [
        on && 'hangs on a message',
        brief && 'counts as unread',
        expires && 'can expire',
        marks && 'is a read position',
      ]
      return [`[\`${type}\`](#${type})`, place, traits.filter(Boolean).join(', ')]
    })
  return table(['type', 'place', 'and'], rows)
}

function shapeTable(fields: readonly Field[], left: readonly string[]): string {
  const rows = fields
    .filter(({ name }) => !left.includes(name))
    .map(({ name, type, isOptional, what }) => [
      code(name),
      `${code(type)}${isOptional ? ', or absent' : ''}`,
      what || (usual[name] ?? ''),
    ])
  return table(['field', 'type', ''], rows)
}

/** What fields mean that need no comment in the code. */
const usual: Readonly<Record<string, string>> = {
  room: 'Id of the room.',
  by: 'Id of the person who made it.',
  user: 'Id of the person.',
  at: 'When, in ms since 1970.',
  left: 'When they left; `null`: they are in.',
  name: 'As people see it.',
  body: 'What it says.',
  rank: '`owner` made the room.',
  kind: '`room`, `group`, `dm` or `desk`.',
  ref: 'Of the frame that is answered.',
  online: 'Ids of those who came.',
  offline: 'Ids of those who went.',
  present: 'How many are here now.',
  whole: 'Only here is who stands in `online`: told to a reader who was too slow for some of the changes.',
  records: 'As in [records](#8-records), each with `born`.',
  more: 'Whether there are more beyond these.',
}

function settingsTable(): string {
  const rows = allOptions.map(({ name, value, help, env }) => {
    const variables = [`PARLOUR_${name.toUpperCase().replaceAll('-', '_')}`, env ?? '']
    const flag = `--${name}${value === null ? '' : ` ${value}`}`
    return [code(flag), help, variables.filter(Boolean).map(code).join(', ')]
  })
  return table(['flag', 'what', 'environment'], rows)
}

interface Description {
  isOptional: boolean
  fallback: unknown
  wanted: string
}

function describe(checker: GenericSchema): Description {
  const wrapped = part(checker, 'wrapped')
  if (checker.type !== 'optional' || !isChecker(wrapped))
    return { isOptional: false, fallback: undefined, wanted: wordsOf(checker) }
  return { isOptional: true, fallback: part(checker, 'default'), wanted: wordsOf(wrapped) }
}

/** The complaints of a checker, which say what it wants, in their order. */
function wordsOf(checker: GenericSchema): string {
  const pipe = part(checker, 'pipe')
  const steps: unknown[] = Array.isArray(pipe) ? pipe : [checker]
  const words = new Set(
    steps
      .filter((step) => !isRough(step))
      .map(messageOf)
      .filter((text) => text !== ''),
  )
  if (words.has('a whole number')) words.delete('a number')
  const [type = '', ...rest] = words
  const item = part(steps[0], 'item')
  const each = isChecker(item) ? `; each: ${wordsOf(item)}` : ''
  return `${type}${rest.length > 0 ? `: ${rest.join('; ')}` : ''}${each}`
}

/** A limit that only spares the checks behind it the work, and so does not say its own figure. */
const isRough = (step: unknown): boolean =>
  part(step, 'type') === 'max_length' && !messageOf(step).includes(String(part(step, 'requirement')))

const messageOf = (step: unknown): string => String(part(step, 'message') ?? '').replace(/ wanted$/, '')

const isChecker = (value: unknown): value is GenericSchema => part(value, 'kind') === 'schema'

/** A property of whatever it is; `undefined` when it has none. */
function part(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function found<T>(value: T | undefined, wanted: string): T {
  if (value === undefined) throw new Error(`there is nothing for “${wanted}”`)
  return value
}

/** As GitHub makes them of headings. */
const anchor = (name: string): string => name.replace(/[^\w-]/g, '')
const code = (text: string): string => `\`${text}\``
const capital = (text: string): string => text.slice(0, 1).toUpperCase() + text.slice(1)
