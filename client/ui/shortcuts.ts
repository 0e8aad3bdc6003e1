/** Keys that work wherever the focus is. Those of the composer and the messages are theirs. */

import type { Stop } from '../api.ts'
import type { Navigation } from './navigation.ts'
import type { Page } from './page.ts'

export function listenToKeys(page: Page, navigation: Navigation): Stop {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || event.defaultPrevented || page.ended.value !== null) return
    if (event.key === 'Escape' && page.drawer.value && !page.dialog.value) {
      page.drawer.value = null
      return
    }
    if (
      (event.ctrlKey || event.metaKey) &&
      !event.altKey &&
      !event.shiftKey &&
      event.key.toLowerCase() === 'k'
    ) {
      event.preventDefault()
      page.dialog.value = 'switcher'
      return
    }
    if (page.dialog.value) return
    if (event.altKey && !event.ctrlKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault()
      navigation.step(event.key === 'ArrowUp' ? -1 : 1, event.shiftKey)
      return
    }
    if (event.key === '?' && !event.ctrlKey && !event.metaKey && !isTyping(event.target)) {
      event.preventDefault()
      page.dialog.value = 'shortcuts'
    }
  }
  document.addEventListener('keydown', onKeyDown)
  return () => document.removeEventListener('keydown', onKeyDown)
}

/** In an empty text field a `?` is a question, in the composer most of all. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
}
