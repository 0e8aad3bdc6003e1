/** Reads the interfaces of a source file with their comments, so that the spec's tables say what the code says. */

import { readFileSync } from 'node:fs'

export interface Field {
  name: string
  /** As written in TypeScript. */
  type: string
  isOptional: boolean
  /** The comment before it, on one line. */
  what: string
}

/** By name of the interface. It knows our formatting, not TypeScript. */
export function readInterfaces(file: string): Map<string, Field[]> {
  const source = readFileSync(file, 'utf8')
  const found = new Map<string, Field[]>()
  for (const [, name, body] of source.matchAll(/^(?:export )?interface (\w+)[^{\n]*\{\n(.*?)^\}/gms)) {
    if (name !== undefined && body !== undefined) found.set(name, [...fieldsOf(body)])
  }
  return found
}

const line =
  /^ {2}(?:\/\*\*\s*(?<comment>.*?)\s*\*\/$|(?:readonly )?(?<name>\w+)(?<optional>\?)?: (?<type>.+)$)/gms

function* fieldsOf(body: string): Generator<Field> {
  let what = ''
  for (const { groups = {} } of body.matchAll(new RegExp(line, 'gm'))) {
    const { comment, name, optional, type } = groups
    if (comment !== undefined) what = comment.replace(/\s*\n\s*\*\s*/g, ' ')
    if (name === undefined || type === undefined) continue
    yield { name, type, isOptional: optional !== undefined, what }
    what = ''
  }
}
