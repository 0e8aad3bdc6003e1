/** Servers of tests, benches and scenarios are started as people start them. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { nodeFlags, program } from '../../scripts/program.ts'

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8')

test('npm start gives Node the flags that everybody else gives it', () => {
  const { scripts } = JSON.parse(read('package.json'))
  assert.ok(scripts.start.endsWith(`&& node ${nodeFlags.join(' ')} src/start.js`), scripts.start)
})

test('so does the command itself', () => {
  assert.equal(read('src/start.js').split('\n')[0], `#!/usr/bin/env -S node ${nodeFlags.join(' ')}`)
  assert.ok(program.at(-1)?.endsWith('src/start.js'))
})
