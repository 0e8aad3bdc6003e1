/** The keyboard in the list of messages: up and down, into a message's actions and out again. */

import { elementOf } from './reveal.ts'

/** The id of the message that something lies in. */
export function messageAt(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null
  return target.closest<HTMLElement>('[data-message]')?.dataset.message ?? null
}

/** `ids`: of the messages on the screen, oldest first. */
export function onListKey(event: KeyboardEvent, ids: readonly string[]): void {
  const id = messageAt(event.target)
  if (id === null) {
    if (event.key === 'ArrowUp' && event.target === event.currentTarget) focusMessage(ids.at(-1), event)
    return
  }
  const message = elementOf(id)
  const isOnMessage = event.target === message
  if (event.key === 'F10' && event.shiftKey) {
    event.preventDefault()
    message?.querySelector<HTMLElement>('.actions button')?.focus()
  } else if (event.key === 'Escape' && !isOnMessage) message?.focus()
  else if (isOnMessage && event.key === 'ArrowUp') focusMessage(ids[ids.indexOf(id) - 1], event)
  else if (isOnMessage && event.key === 'ArrowDown') focusMessage(ids[ids.indexOf(id) + 1], event)
}

function focusMessage(id: string | undefined, event: Event): void {
  const element = id === undefined ? null : elementOf(id)
  if (!element) return
  event.preventDefault()
  element.focus()
}
