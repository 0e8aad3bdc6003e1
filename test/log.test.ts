import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { jsonLine, openLog, textLine } from '../src/log.ts'
import { tempFolder } from './support/server.ts'

const at = new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 6))

test('[O4] for machines a line is JSON', () => {
  const line = JSON.parse(jsonLine(at, 'warn', 'flood', { user: 'eve', n: 3 }))
  assert.deepEqual(line, { at: '2026-01-02T03:04:05.006Z', level: 'warn', event: 'flood', user: 'eve', n: 3 })
})

test('[O4] for a person a line is short, and nothing in it can pretend to be another line', () => {
  const line = textLine(at, 'warn', 'flood', { user: 'eve', why: 'a\nb', n: 3 })
  assert.match(line, /^\d\d:\d\d:\d\d ! flood user=eve why="a\\nb" n=3$/)
})

test('a log in a file is added to, and only its owner reads it', (t) => {
  const to = join(tempFolder(t), 'parlour.log')
  for (const event of ['first', 'second']) openLog({ to, level: 'info', format: null }).info(event)
  const events = readFileSync(to, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).event)
  assert.deepEqual(events, ['first', 'second'])
  assert.equal(statSync(to).mode & 0o077, 0)
})

test('what is less than the level is not written; an error comes with its stack', (t) => {
  const to = join(tempFolder(t), 'parlour.log')
  const log = openLog({ to, level: 'error', format: 'json' })
  log.info('one')
  log.warn('two')
  log.error('three', { error: new Error('broken') })
  const lines = readFileSync(to, 'utf8').trim().split('\n')
  assert.equal(lines.length, 1)
  assert.match(JSON.parse(lines[0] ?? '').error, /^Error: broken\n +at /)
})
