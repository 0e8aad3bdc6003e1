/** A disk of a few MiB in memory that can be filled, made read-only, and taken away. Only root on Linux can have one. */

import { execFileSync } from 'node:child_process'
import { closeSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export class SmallDisk {
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /** In place of an empty folder. Or why it cannot be had. */
  static mount(folder: string, mebibytes: number): SmallDisk | string {
    if (process.platform !== 'linux' || process.getuid?.() !== 0)
      return 'only root on Linux can mount a small disk'
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder], { stdio: 'pipe' })
      return new SmallDisk(folder)
    } catch (error) {
      return `a small disk cannot be mounted here: ${error instanceof Error ? error.message.split('\n')[0] : error}`
    }
  }

  /** Until not a byte more fits. */
  fill(): void {
    const fd = openSync(join(this.folder, 'filler'), 'a')
    try {
      for (let size = 2 ** 20; size >= 1; ) {
        try {
          if (writeSync(fd, Buffer.alloc(size)) < size) size = Math.floor(size / 2)
        } catch {
          size = Math.floor(size / 2)
        }
      }
    } finally {
      closeSync(fd)
    }
  }

  free(): void {
    rmSync(join(this.folder, 'filler'), { force: true })
  }

  makeReadOnly(isReadOnly: boolean): void {
    execFileSync('mount', ['-o', `remount,${isReadOnly ? 'ro' : 'rw'}`, this.folder])
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder])
  }
}
