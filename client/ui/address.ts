/** What the address bar says: which room, and how to write it. It neither reads nor moves the history. */

import { readCode, showCode } from '../../src/state/code.ts'

export type Place =
  | { kind: 'lobby' }
  | { kind: 'code'; code: string }
  /** A room of mine whose code this page has not seen yet. */
  | { kind: 'room'; room: string }
  | { kind: 'nowhere'; typed: string }

export function placeOf(path: string, search = ''): Place {
  const link = /^\/r\/([^/]*)\/?$/.exec(path)
  if (link) {
    const typed = decoded(link[1] ?? '')
    const code = readCode(typed)
    return code === null ? { kind: 'nowhere', typed } : { kind: 'code', code }
  }
  const room = new URLSearchParams(search).get('room')
  return room ? { kind: 'room', room } : { kind: 'lobby' }
}

export const lobbyPath = '/'
export const codePath = (code: string): string => `/r/${showCode(code)}`
export const roomPath = (room: string): string => `/?room=${encodeURIComponent(room)}`

/** Whether a link leads back to whichever machine it is opened on, and so is of no use to others. */
export const isOnlyHere = (link: string): boolean =>
  /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(link).hostname)

/** A code out of whatever was pasted: the code itself, or a whole link. */
export function codeIn(typed: string): string | null {
  const link = /\/r\/([^/?#\s]+)/.exec(typed)
  return readCode(link ? decoded(link[1] ?? '') : typed.trim())
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a broken escape is no code either; it is shown as it was typed
  }
}
