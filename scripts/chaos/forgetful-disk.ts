/**
 * A disk that loses power: what the server wrote is there for sure only as far as it was fsynced; of the rest each
 * sector is there or not, by chance. Needs a C compiler and Linux, because it is loaded into the server (`disk.c`).
 */

import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '../../test/support/random.ts'
import { makeLibrary } from './library.ts'

/** Bytes that a disk writes whole. */
const SECTOR = 512

export class ForgetfulDisk {
  /** For the server's process. */
  readonly env: NodeJS.ProcessEnv
  /** While it exists, each fsync fails. */
  readonly failing: string
  readonly #data: string
  readonly #safe: string

  constructor(library: string, data: string, safe: string) {
    this.#data = data
    this.#safe = safe
    this.failing = join(safe, 'failing')
    this.env = {
      LD_PRELOAD: library,
      PARLOUR_DISK_DIR: data,
      PARLOUR_DISK_SAFE: safe,
      PARLOUR_DISK_FAIL: this.failing,
    }
  }

  /** After the server was killed: each unsynced sector survives with this chance. The files stay the same files. */
  losePower(random: Random, survives: number): void {
    for (const name of readdirSync(this.#data)) {
      const path = join(this.#data, name)
      if (name.endsWith('-shm')) rmSync(path)
      if (name.endsWith('-shm') || name.endsWith('.lock')) continue
      const safe = join(this.#safe, name)
      const wasSynced = existsSync(safe)
      if (!wasSynced && !random.chance(survives)) rmSync(path)
      else this.#tear(path, wasSynced ? readFileSync(safe) : Buffer.alloc(0), random, survives)
    }
    // What came through is on the disk, and stays there at the next cut.
    for (const name of readdirSync(this.#safe)) rmSync(join(this.#safe, name))
    for (const name of readdirSync(this.#data)) copyFileSync(join(this.#data, name), join(this.#safe, name))
  }

  #tear(path: string, safe: Buffer, random: Random, survives: number): void {
    const live = readFileSync(path)
    const length = random.chance(survives) ? live.length : safe.length
    const torn = Buffer.alloc(length)
    safe.copy(torn)
    for (let at = 0; at < Math.min(length, live.length); at += SECTOR) {
      const end = Math.min(at + SECTOR, length, live.length)
      const isSame = live.compare(safe, at, Math.min(end, safe.length), at, end) === 0 && end <= safe.length
      if (!isSame && random.chance(survives)) live.copy(torn, at, at, end)
    }
    const fd = openSync(path, 'r+')
    writeSync(fd, torn, 0, length, 0)
    ftruncateSync(fd, length)
    closeSync(fd)
  }
}

/** Why there is none here, or what makes one for a folder. `atEnd`: to clear away what it needs. */
export function forgetfulDisks(atEnd: (end: () => void) => void): ((data: string) => ForgetfulDisk) | string {
  const library = makeLibrary('disk', atEnd)
  if ('missing' in library) return library.missing
  return (data) => {
    const safe = mkdtempSync(join(tmpdir(), 'parlour-safe-'))
    atEnd(() => rmSync(safe, { recursive: true, force: true }))
    return new ForgetfulDisk(library.path, data, safe)
  }
}
