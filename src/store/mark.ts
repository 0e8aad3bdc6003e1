/**
 * The watermark: a small file beside the database that says how far its commits had come. It is written only when
 * that much is on disk, so a database that is behind its mark has lost something. It never says what was in it.
 */

import { readFileSync, statSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * ms between the moment that a mark names and that in which its file was made, by the same clock. A folder that was
 * copied over itself keeps its inodes, but holds a mark that is older or younger than its file.
 */
const WRITING = 10_000

export interface Mark {
  /** As in the database's `meta` table: grows by one each time the mark moves. */
  count: number
  /** Of the database's file. A copy has another, whoever made it. */
  inode: string
  /** When it was written, ISO 8601. */
  at: string
}

/** `null`: there is none, or it says nothing that could be understood. */
export function readMark(file: string): Mark | null {
  try {
    const read: unknown = JSON.parse(readFileSync(markOf(file), 'utf8'))
    return isMark(read) ? read : null
  } catch {
    // Not there, not readable, not JSON: in each case nobody knows how far the database had come.
    return null
  }
}

/** Why the files beside each other cannot be those that a server left; `null`: they can. */
export function copyIn(file: string, mark: Mark): string | null {
  if (mark.inode !== inodeOf(file)) return 'the database is a copy'
  const { birthtimeMs, ctimeMs } = statSync(markOf(file))
  // Some file systems do not know when a file was made, and Windows says it of an earlier one of the same name. The
  // other time changes with owner and rights too.
  const isKnown = birthtimeMs > 0 && process.platform !== 'win32'
  const made = isKnown ? birthtimeMs : ctimeMs
  return Math.abs(made - Date.parse(mark.at)) <= WRITING ? null : 'the mark is a copy'
}

/** Whole or not at all. Resolves when it is on disk. */
export async function writeMark(file: string, count: number): Promise<void> {
  const mark: Mark = { count, inode: inodeOf(file), at: new Date().toISOString() }
  const path = markOf(file)
  // One that a crash left would be older than what is written into it.
  await rm(`${path}.new`, { force: true })
  const handle = await open(`${path}.new`, 'w', 0o600)
  try {
    await handle.writeFile(`${JSON.stringify(mark)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(dirname(path))
}

export function inodeOf(file: string): string {
  return String(statSync(file, { bigint: true }).ino)
}

/** What was made, renamed or removed in it outlasts a power cut. Windows does that by itself and knows no such call. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

export const markOf = (file: string): string => `${file.replace(/\.db$/, '')}.mark`

function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null) return false
  if (!('count' in value && 'inode' in value && 'at' in value)) return false
  return Number.isSafeInteger(value.count) && typeof value.inode === 'string' && typeof value.at === 'string'
}
