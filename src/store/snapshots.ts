/** Copies of the database from before a migration, and how long they are kept. It never touches the database itself. */

import { readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** ms that a snapshot is kept: what was deleted since lives on in it. */
export const SNAPSHOT_KEPT = 7 * 24 * 3_600_000

/** `parlour.v1.2030-01-02T03-04-05-678.db`, beside the file. */
export function snapshotName(file: string, version: number): string {
  return `${stemOf(file)}.v${version}.${stampOf(new Date())}.db`
}

/** A moment as part of a file's name. */
export const stampOf = (at: Date): string => at.toISOString().slice(0, -1).replace(/[:.]/g, '-')

/** Removes those that are old enough. */
export async function dropSnapshots(file: string, now = Date.now()): Promise<void> {
  const folder = dirname(file)
  const isSnapshot = new RegExp(`^${RegExp.escape(basename(stemOf(file)))}\\.v\\d+\\.[\\dT-]+\\.db$`)
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (isSnapshot.test(name) && now - (await stat(path)).mtimeMs > SNAPSHOT_KEPT) await rm(path)
  }
}

const stemOf = (file: string): string => file.replace(/\.db$/, '')
