/** Finds a Chrome or Chromium that is installed. It never downloads one. */

import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge']
const applications = ['Google Chrome', 'Chromium', 'Microsoft Edge']
const windows = [
  'Google\\Chrome\\Application\\chrome.exe',
  'Chromium\\Application\\chrome.exe',
  'Microsoft\\Edge\\Application\\msedge.exe',
]

/** Path of the browser; PARLOUR_CHROMIUM goes before all others. `null`: there is none. */
export function findChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const { PARLOUR_CHROMIUM: wanted } = env
  return (wanted ? [wanted] : places(env)).find(isProgram) ?? null
}

function places(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    return applications.map((name) => `/Applications/${name}.app/Contents/MacOS/${name}`)
  }
  if (process.platform === 'win32') {
    const roots = [env.ProgramFiles, env['ProgramFiles(x86)'], env.LOCALAPPDATA]
    return roots.flatMap((root) => (root ? windows.map((path) => join(root, path)) : []))
  }
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/bin', '/snap/bin']
  return names.flatMap((name) => folders.map((folder) => join(folder, name)))
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there, or not for us.
    return false
  }
}
