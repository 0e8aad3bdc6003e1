/** What somebody wrote as settings: in flags, in the environment, in a file. It reads texts and judges no value. */

import { readFileSync } from 'node:fs'
import type { ParseArgsOptionDescriptor } from 'node:util'
import { parseArgs } from 'node:util'
import { allOptions } from './options.ts'
import { BadConfig } from './values.ts'

/** By name of the flag; `from` says where it stands, for complaints. */
export type Written = Map<string, { text: string; from: string }>

/** `argv` without the program. */
export function fromFlags(argv: readonly string[]): Written {
  const known: Record<string, ParseArgsOptionDescriptor> = {
    config: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'v' },
  }
  for (const { name, value, short } of allOptions) {
    known[name] = { type: value === null ? 'boolean' : 'string', ...(short ? { short } : {}) }
  }
  const written: Written = new Map()
  const { tokens } = parseArgs({ args: [...argv], options: known, strict: false, tokens: true })
  for (const token of tokens) {
    if (token.kind === 'positional') throw new BadConfig(`what is “${token.value}” for? See --help`)
    if (token.kind === 'option-terminator') continue
    const { name, rawName, value } = token
    const flag = Object.hasOwn(known, name) ? known[name] : undefined
    if (flag === undefined) throw new BadConfig(`unknown flag ${rawName}; see --help`)
    const isMissing = flag.type === 'string' && (value === undefined || /^--\w/.test(value))
    if (isMissing) throw new BadConfig(`${rawName}: a value is missing`)
    written.set(name, { text: value ?? 'true', from: rawName })
  }
  return written
}

/** An empty variable counts as none. */
export function fromEnvironment(env: NodeJS.ProcessEnv): Written {
  const written: Written = new Map()
  for (const { name, env: other } of [...allOptions, { name: 'config', env: undefined }]) {
    const own = `PARLOUR_${name.toUpperCase().replaceAll('-', '_')}`
    for (const variable of [other, own]) {
      const text = variable === undefined ? undefined : env[variable]
      if (variable !== undefined && text) written.set(name, { text, from: variable })
    }
  }
  return written
}

export function fromFile(path: string): Written {
  const written: Written = new Map()
  for (const [name, value] of Object.entries(readObject(path))) {
    const from = `${path}: ${name}`
    if (!allOptions.some((option) => option.name === name)) throw new BadConfig(`${from}: no such setting`)
    const isFlat = ['string', 'number', 'boolean'].includes(typeof value) || Array.isArray(value)
    if (!isFlat) throw new BadConfig(`${from}: a text, a number, true, false or a list is wanted`)
    written.set(name, { text: String(value), from })
  }
  return written
}

function readObject(path: string): object {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new BadConfig(`${path}: ${error instanceof Error ? error.message : 'cannot be read'}`)
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  } catch {
    // Said below, together with JSON that is no object.
  }
  throw new BadConfig(`${path}: a JSON object of settings is wanted`)
}
