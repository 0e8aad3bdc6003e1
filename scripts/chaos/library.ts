/** Makes a library out of a C file next to it, to be loaded into a server. Needs Linux and a C compiler. */

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Library = { path: string } | { missing: string }

/** Its path, or why it cannot be had here. `atEnd`: to clear it away. */
export function makeLibrary(name: string, atEnd: (end: () => void) => void): Library {
  if (process.platform !== 'linux') return { missing: 'a library can be loaded into a server on Linux only' }
  const folder = mkdtempSync(join(tmpdir(), 'parlour-library-'))
  atEnd(() => rmSync(folder, { recursive: true, force: true }))
  const path = join(folder, `${name}.so`)
  const source = join(import.meta.dirname, `${name}.c`)
  try {
    execFileSync('cc', ['-O1', '-shared', '-fPIC', '-o', path, source, '-ldl', '-lpthread'], {
      stdio: 'pipe',
    })
    return { path }
  } catch {
    return { missing: 'no C compiler (cc) that makes a library was found' }
  }
}
