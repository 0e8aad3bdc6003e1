/** The written protocol: SPEC.md and the schema say what the code says, and every example in them is a real one. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import * as v from 'valibot'
import { sendable } from '../scripts/schema/client-frames.ts'
import { records, serverFrames } from '../scripts/schema/server-frames.ts'
import { drifted } from '../scripts/schema.ts'
import { closeCodes, errorCodes } from '../src/protocol.ts'

const spec = readFileSync(join(import.meta.dirname, '..', 'SPEC.md'), 'utf8')

test('neither the tables of the spec nor the schema have drifted from the code', () => {
  assert.deepEqual(
    drifted().map(({ path }) => path),
    [],
    'run “npm run schema”',
  )
})

test('every frame that people may send has its section, its fields and an example with its answer', () => {
  for (const [name, { fields }] of sendable) {
    const section = sectionOf(name, 'What clients send')
    assert.ok(section.includes(`made from the code: fields ${name} -->`), `${name} has no table of fields`)
    const sent = examples(section, '→').filter((frame) => v.is(v.looseObject({ t: v.literal(name) }), frame))
    assert.ok(sent.length > 0, `${name} has no example`)
    assert.ok(examples(section, '←').length > 0 || name === 'typing', `${name} has no example of an answer`)
    for (const frame of sent)
      v.parse(v.strictObject({ t: v.string(), ref: v.optional(v.number()), ...fields }), frame)
  }
})

test('every frame of the server has its section and an example', () => {
  for (const [name, checker] of Object.entries(serverFrames)) {
    const section = sectionOf(name, 'What the server sends')
    const sent = examples(section, '←')
    assert.ok(sent.length > 0, `${name} has no example`)
    for (const frame of sent) assert.ok(v.is(checker, frame), `not a ${name}: ${JSON.stringify(frame)}`)
  }
})

test('every example is one that its own checker lets through', () => {
  for (const frame of examples(spec, '→')) {
    const { t } = v.parse(v.looseObject({ t: v.string() }), frame)
    const found = sendable.get(t)
    assert.ok(found, `there is no frame ${t}`)
    v.parse(v.object(found.fields), frame)
  }
  for (const frame of examples(spec, '←')) v.parse(v.union(Object.values(serverFrames)), frame)
})

test('an answer follows each example and answers under its ref', () => {
  for (const block of spec.match(/^```\n.*?^```/gms) ?? []) {
    const asked = examples(block, '→').flatMap(refsOf)
    const answered = examples(block, '←').flatMap(refsOf)
    if (asked.length > 0) assert.deepEqual(answered, asked, block)
  }
})

test('every kind of record has its section', () => {
  for (const type of Object.keys(records))
    assert.ok(sectionOf(type, 'Records').includes(`made from the code: record ${type} -->`), type)
})

test('every error code and every close code is explained', () => {
  const errors = chapterOf('Errors')
  for (const code of errorCodes) assert.match(errors, new RegExp(`^\\| \`${code}\` \\| .`, 'm'))
  const closes = chapterOf('Close codes')
  for (const [name, code] of Object.entries(closeCodes))
    assert.match(closes, new RegExp(`^\\| ${code} \\| \`${name}\` \\| .`, 'm'))
})

test('[P9] a close code says whether to come back', () => {
  for (const code of Object.values(closeCodes)) if (code >= 4000) assert.ok(code < 5000)
  assert.ok(closeCodes.slow < 4500 && closeCodes.silent < 4500 && closeCodes.flood < 4500)
  assert.ok(closeCodes.ended >= 4500)
})

test('links within the spec lead somewhere', () => {
  const seen = new Map<string, number>()
  const anchors = new Set<string>()
  for (const [, title = ''] of spec.matchAll(/^#+ (.+)$/gm)) {
    const anchor = title
      .toLowerCase()
      .replace(/[^\p{L}\d _-]/gu, '')
      .replaceAll(' ', '-')
    const times = seen.get(anchor) ?? 0
    seen.set(anchor, times + 1)
    anchors.add(times === 0 ? anchor : `${anchor}-${times}`)
  }
  for (const [, target = ''] of spec.matchAll(/\]\(#([^)]+)\)/g)) assert.ok(anchors.has(target), `#${target}`)
})

/** From a numbered heading to the next. */
function chapterOf(title: string): string {
  const [, text] = new RegExp(`^## \\d+\\. ${title}\\n(.*?)(?=^## |$(?![^]))`, 'ms').exec(spec) ?? []
  assert.ok(text, `the spec has no chapter “${title}”`)
  return text
}

function sectionOf(name: string, chapter: string): string {
  const heading = name.replaceAll('.', '\\.')
  const [, text] =
    new RegExp(`^### \`${heading}\`\\n(.*?)(?=^###? |$(?![^]))`, 'ms').exec(chapterOf(chapter)) ?? []
  assert.ok(text, `“${chapter}” has no section \`${name}\``)
  return text
}

/** Frames in this direction, as they stand in the text. */
function examples(text: string, arrow: '→' | '←'): unknown[] {
  return [...text.matchAll(new RegExp(`^${arrow} (.+)$`, 'gm'))].map(([, frame = '']) => JSON.parse(frame))
}

const refsOf = (frame: unknown): number[] => {
  const answerable = v.looseObject({ t: v.string(), ref: v.number() })
  return v.is(answerable, frame) ? [frame.ref] : []
}
