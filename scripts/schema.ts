/**
 * `npm run schema`: writes the tables of SPEC.md and docs/protocol.schema.json from the code; with `--check` it
 * writes nothing and fails when they have drifted. It knows no rule of the protocol itself.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toJsonSchemaDefs } from '@valibot/to-json-schema'
import { closeCodes, errorCodes, PROTOCOL } from '../src/protocol.ts'
import type { JsonSchema } from './schema/client-frames.ts'
import { clientSchema, sendable } from './schema/client-frames.ts'
import { answers, records, serverFrames } from './schema/server-frames.ts'
import { tableFor } from './schema/tables.ts'

const root = join(import.meta.dirname, '..')

if (import.meta.main) process.exitCode = main(process.argv.slice(2))

function main(args: readonly string[]): number {
  const unknown = args.find((arg) => arg !== '--check')
  if (unknown !== undefined) {
    console.error(`schema: unknown flag ${unknown}; the only one is --check`)
    return 2
  }
  const stale = drifted()
  if (args.length === 0) for (const { path, text } of stale) writeFileSync(join(root, path), text)
  for (const { path } of stale) console.log(`schema: ${path} ${args.length === 0 ? 'is new' : 'has drifted'}`)
  if (args.length === 0 || stale.length === 0) return 0
  console.error('schema: run “npm run schema” and look at what it changed')
  return 1
}

/** Files that do not say what the code says, with what they ought to say. */
export function drifted(): { path: string; text: string }[] {
  const spec = read('SPEC.md')
  const wanted = [
    { path: 'SPEC.md', text: fillTables(spec) },
    { path: 'docs/protocol.schema.json', text: `${JSON.stringify(protocolSchema(), null, 2)}\n` },
  ]
  return wanted.filter(({ path, text }) => read(path) !== text)
}

/** The whole protocol: what may be sent (`client`), what is sent back (`server`), and their parts. */
export function protocolSchema(): JsonSchema {
  const client = Object.fromEntries(
    [...sendable].map(([name, spec]) => [`client.${name}`, clientSchema(spec)]),
  )
  const parts = {
    ...prefixed('record', records),
    ...prefixed('answer', answers),
    ...prefixed('server', serverFrames),
  }
  const server = toJsonSchemaDefs(parts, { target: 'draft-2020-12' })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Parlour, protocol ${PROTOCOL}`,
    description: 'Made by scripts/schema.ts from the checkers of the server. SPEC.md says what it means.',
    $defs: {
      client: { oneOf: Object.keys(client).map(refTo) },
      server: { oneOf: Object.keys(serverFrames).map((name) => refTo(`server.${name}`)) },
      ...client,
      ...server,
    },
    ...{ 'x-error-codes': [...errorCodes], 'x-close-codes': { ...closeCodes } },
  }
}

/** The text with each table between its markers replaced by what the code says now. */
function fillTables(spec: string): string {
  const block = /(<!-- made from the code: (.+?) -->).*?(<!-- end -->)/gs
  return spec.replace(block, (_all, begin: string, wanted: string, end: string) => {
    return `${begin}\n${tableFor(wanted)}\n${end}`
  })
}

function refTo(name: string): JsonSchema {
  return { $ref: `#/$defs/${name}` }
}

function prefixed<T>(prefix: string, parts: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [`${prefix}.${name}`, part]))
}

/** A file of ours; one that is not there yet is empty. */
function read(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
