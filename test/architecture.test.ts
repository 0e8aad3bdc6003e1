/** The house has walls: who may import whom, and what pure files may not touch. Architecture untested is a wish. */

import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { test } from 'node:test'

const root = join(import.meta.dirname, '..')

/** What each part may import of ours: `types` only as types. A part is a folder or a file, the longest match counts. */
const walls: Record<string, { values: string[]; types?: string[] }> = {
  'src/state': { values: ['src/state'], types: ['src/protocol.ts'] },
  'src/protocol.ts': { values: [], types: ['src/state'] },
  'src/fields.ts': { values: ['src/state'] },
  'src/feature.ts': { values: ['src/state'], types: ['src/protocol.ts'] },
  'src/features': {
    values: ['src/features', 'src/feature.ts', 'src/fields.ts', 'src/state'],
    types: ['src/protocol.ts'],
  },
  'src/engine': { values: ['src/engine', 'src/feature.ts', 'src/fields.ts', 'src/state', 'src/protocol.ts'] },
  'src/engine/ports.ts': {
    values: [],
    types: ['src/state', 'src/protocol.ts', 'src/feature.ts', 'src/engine/page.ts', 'src/engine/figure.ts'],
  },
  'src/idle-collector.ts': { values: [] },
  'src/store': {
    values: ['src/store', 'src/idle-collector.ts', 'src/state', 'src/protocol.ts'],
    types: ['src/engine/ports.ts'],
  },
  'src/bus': { values: ['src/bus', 'src/state', 'src/protocol.ts'], types: ['src/engine/ports.ts'] },
  'src/accounts': {
    values: ['src/accounts', 'src/state', 'src/protocol.ts'],
    types: ['src/engine/ports.ts'],
  },
  'src/net': {
    values: ['src/net', 'src/state', 'src/protocol.ts'],
    types: ['src/engine/ports.ts'],
  },
  client: { values: ['client', 'src/state', 'src/protocol.ts'], types: ['src/features'] },
  'client/ui': { values: ['client', 'src/state', 'src/protocol.ts'], types: ['src/features'] },
}

/** Files that decide or describe, and so hold no clock, no chance, no waiting and nothing of the process. */
const pure = ['src/state', 'src/features', 'src/feature.ts', 'src/fields.ts', 'src/protocol.ts']
const impure =
  /\bDate\b|\bMath\.random\b|\bperformance\b|\bsetTimeout\b|\bsetImmediate\b|\bawait\b|\basync\b|\bprocess\b|'node:|\bfetch\(|\bcrypto\b|\bconsole\b/

/** The only files that know these technologies. */
const homes: [what: RegExp, where: string[]][] = [
  [/'node:sqlite'/, ['src/store']],
  [/\bprocess\.env\b/, ['src/config.ts', 'src/config', 'src/main.ts', 'scripts']],
  [/from 'ws'/, ['src/net', 'client/node.ts', 'scripts']],
  [/\binnerHTML\b|\bdangerouslySetInnerHTML\b|\beval\(|\bnew Function\b/, []],
  [/\bMath\.random\b/, ['src/engine/engine.ts', 'src/parlour.ts', 'src/net', 'client', 'scripts']],
]

const files = globSync(['src/**/*.ts', 'client/**/*.{ts,tsx}', 'scripts/**/*.ts'], { cwd: root }).sort()
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const code = (file: string) =>
  read(file)
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, '')
    .replace(/^\s*\/\/.*$/gm, '')
const isIn = (file: string, part: string) => file === part || file.startsWith(`${part}/`)

interface Import {
  target: string
  isType: boolean
}

function importsOf(file: string): Import[] {
  const found: Import[] = []
  for (const [, kind, , target] of code(file).matchAll(
    /^(import|export)( type)?[^;'"]*?from '(\.[^']+)'/gm,
  )) {
    if (kind === undefined || target === undefined) continue
    const isType = new RegExp(
      `^${kind} type\\b[^;'"]*?from '${target.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}'`,
      'm',
    ).test(code(file))
    found.push({ target: relative(root, join(root, dirname(file), target)), isType })
  }
  return found
}

function wallOf(file: string) {
  const part = Object.keys(walls)
    .filter((one) => isIn(file, one))
    .sort((a, b) => b.length - a.length)[0]
  return part === undefined ? null : (walls[part] ?? null)
}

test('there are files to look at, and imports in them', () => {
  assert.ok(files.length > 50)
  assert.ok(importsOf('src/engine/engine.ts').length > 10)
  assert.ok(importsOf('src/features/pin.ts').some((one) => one.target === 'src/feature.ts' && !one.isType))
  assert.ok(importsOf('src/state/draft.ts').some((one) => one.target === 'src/state/change.ts' && one.isType))
})

test('nobody imports through a wall', () => {
  const through: string[] = []
  for (const file of files) {
    const wall = wallOf(file)
    if (!wall) continue
    for (const { target, isType } of importsOf(file)) {
      const allowed = isType ? [...wall.values, ...(wall.types ?? [])] : wall.values
      if (!allowed.some((part) => isIn(target, part)))
        through.push(`${file} → ${target}${isType ? ' (type)' : ''}`)
    }
  }
  assert.deepEqual(through, [])
})

test('the engine knows no feature by its file, no socket and no SQL', () => {
  for (const file of files.filter((one) => isIn(one, 'src/engine')))
    assert.doesNotMatch(code(file), /features\/|from 'ws'|node:net|node:http|sqlite|SELECT /, file)
})

test('pure files hold no clock, no chance, no waiting and nothing of the process', () => {
  for (const file of files.filter((one) => pure.some((part) => isIn(one, part))))
    assert.doesNotMatch(code(file), impure, file)
})

test('each technology has its home', () => {
  for (const [what, where] of homes)
    for (const file of files.filter((one) => !where.some((part) => isIn(one, part))))
      assert.doesNotMatch(code(file), what, `${file} holds ${what}`)
})

test('no file outgrows 300 lines, and each opens with a sentence that says what it is', () => {
  for (const file of files) {
    const text = read(file)
    assert.ok(text.split('\n').length <= 301, `${file} has ${text.split('\n').length} lines`)
    assert.match(text.replace(/^#!.*\n/, ''), /^\/\*\*/, file)
  }
})

test('files do not import one another in circles, but for types', () => {
  const seen = new Map<string, 'open' | 'done'>()
  const visit = (file: string, path: string[]): void => {
    if (seen.get(file) === 'done') return
    assert.notEqual(seen.get(file), 'open', [...path, file].join(' → '))
    seen.set(file, 'open')
    for (const { target, isType } of importsOf(file)) if (!isType) visit(target, [...path, file])
    seen.set(file, 'done')
  }
  for (const file of files) visit(file, [])
})
