/** Data folders as a crash leaves them, and seeded damage to their files. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Row } from '../../src/engine/ports.ts'
import { message } from '../support/store.ts'

export type Damage = 'cut' | 'flip' | 'no-shm' | 'db-flip' | 'db-cut' | 'old-db'
export const damages: readonly Damage[] = ['cut', 'flip', 'no-shm', 'db-flip', 'db-cut', 'old-db']

const root = join(import.meta.dirname, '..', '..')

const writer = `
  import { readMark } from './src/store/mark.ts'
  import { openStore } from './src/store/sqlite.ts'
  import { batch, quiet } from './test/support/store.ts'
  import { said } from './test/store/damage.ts'
  const [folder, count] = process.argv.slice(1)
  const store = await openStore({ file: folder + '/parlour.db', log: quiet })
  const rev = { a: 0, b: 0, c: 0 }
  const rooms = Object.keys(rev)
  const write = (i) => new Promise((resolve) => {
    const room = rooms[i % 3]
    const n = ++rev[room]
    store.commit(batch(room, n - 1, { rows: [said(room, n)] }), resolve)
  })
  for (let i = 0; i < Number(count); i++) await write(i)
  // Until the mark has moved past all of it; on a busy machine that may take longer than the second it is due in.
  const last = Date.now()
  do await new Promise((resolve) => setTimeout(resolve, 1300))
  while (!(Date.parse(readMark(folder + '/parlour.db')?.at ?? '') >= last))
  console.log('written')
  setInterval(() => {}, 1000)`

/**
 * A folder with that many commits in three rooms, one message each, killed once the mark had reached them.
 */
export async function crashed(folder: string, count: number): Promise<void> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, folder, String(count)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  child.kill('SIGKILL')
  await ended
}

/** What is said in a room at a rev: from it one can tell whether it came through whole. */
export const said = (room: string, rev: number): Row =>
  message(`${room}${rev}`, rev, { text: `${room}${rev} `.repeat((rev * 131) % 400) })

export function copyFolder(from: string, to: string): void {
  mkdirSync(to)
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name))
}

/** What was done, for the message of a test that fails. `random` in [0, 1). */
export function damage(folder: string, kind: Damage, random: () => number): string {
  const db = join(folder, 'parlour.db')
  const wal = `${db}-wal`
  const path = kind.startsWith('db-') ? db : wal
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
  const at = Math.floor(random() * bytes.length)
  switch (kind) {
    case 'cut':
    case 'db-cut':
      truncateSync(path, at)
      return `${kind} at ${at} of ${bytes.length}`
    case 'flip':
    case 'db-flip': {
      const bit = Math.floor(random() * 8)
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
      writeFileSync(path, bytes)
      return `${kind} bit ${bit} of byte ${at} of ${bytes.length}`
    }
    case 'no-shm':
      truncateSync(`${db}-shm`)
      return kind
    case 'old-db':
      // As if the files of yesterday were copied back: without the journal, which holds what came since.
      truncateSync(wal)
      return kind
  }
}
