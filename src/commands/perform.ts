/** Runs one task of the command, says what came of it, and sets the exit code. It starts no server. */

import { join, resolve } from 'node:path'
import { helpText, readConfig } from '../config.ts'
import { taskRows, tasks } from './index.ts'

/** `argv`: the name of a task, its file if it wants one, then flags. Never rejects. */
export async function perform(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  // Who stops reading, as `head` does, does not care for the rest; the exit code still says what came of it.
  process.stdout.on('error', () => undefined)
  const [name = '', ...rest] = argv
  const task = tasks.get(name)
  if (task === undefined) return complain(`what is “${name}” for? See --help`, 2)
  const wish = readConfig(
    rest.filter((word, i) => i > 0 || word.startsWith('-') || task.wants === null),
    env,
  )
  if (wish.kind === 'help') return void process.stdout.write(`${helpText(taskRows)}\n`)
  if (wish.kind === 'wrong') return complain(wish.why, 2)
  const [file] = rest
  const isNamed = file !== undefined && file !== '' && !file.startsWith('-')
  if (wish.kind !== 'run' || (task.wants !== null && !isNamed))
    return complain(`usage: parlour ${name} ${task.wants ?? ''} [--data FOLDER]`.replace('  ', ' '), 2)
  if (wish.config.data === null) return complain('in memory there is nothing on disk', 2)
  try {
    const path = task.wants === null || file === undefined ? '' : resolve(file)
    process.exitCode = await task.run(path, join(wish.config.data, 'parlour.db'), say)
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error), 1)
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(why: string, code: 1 | 2): void {
  process.stderr.write(`parlour: ${why}\n`)
  process.exitCode = code
}
