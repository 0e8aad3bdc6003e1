/** Brings a message into view, loading older pages if need be. */

import type { OpenRoom } from '../api.ts'
import type { Page } from './page.ts'

/** Pages that are loaded in search of a message. */
const MOST_PAGES = 40
/** Drawings within which it is on the screen once it is loaded. */
const MOST_FRAMES = 10
/** ms for which it stays marked. */
const MARKED = 2_000

export const elementOf = (message: string): HTMLElement | null =>
  document.getElementById(`message-${message}`)

/** `takesFocus`: the keyboard goes there too, and it is marked for a moment. */
export async function reveal(
  page: Page,
  open: OpenRoom,
  message: string,
  takesFocus = true,
): Promise<boolean> {
  try {
    for (let pages = 0; pages < MOST_PAGES && !isLoaded(open, message) && !open.isComplete; pages++) {
      await open.loadOlder()
    }
  } catch {
    return false // no connection: it stays where it is
  }
  page.sought.value = { message, block: takesFocus ? 'center' : 'nearest' }
  for (let frame = 0; frame < MOST_FRAMES && page.sought.value; frame++)
    await new Promise((drawn) => requestAnimationFrame(drawn))
  page.sought.value = null
  const element = elementOf(message)
  if (!element) return false
  if (!takesFocus) return true
  element.focus({ preventScroll: true })
  element.classList.add('revealed')
  setTimeout(() => element.classList.remove('revealed'), MARKED)
  return true
}

const isLoaded = (open: OpenRoom, message: string): boolean =>
  open.timeline().some((shown) => shown.record.id === message)
