/** Makes the folder that a database lies in, for its own user only. It never changes one that is there. */

import { mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { asError, StoreError } from './error.ts'

export async function makeFolder(folder: string): Promise<void> {
  try {
    await makePath(folder)
  } catch (error) {
    throw new StoreError(`cannot make the folder ${folder}: ${asError(error).message}`)
  }
}

/** Not `mkdir` with `recursive`, which never ends where nothing can be made, as under `/proc`. */
async function makePath(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw error
    await makePath(dirname(folder))
    await mkdir(folder, { mode: 0o700 })
  }
}
