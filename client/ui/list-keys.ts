/** The keyboard in the list of messages: up and down, into a message's actions and out again. */

import { elementOf } from './reveal.ts'

/** The id of the message that something lies in. */
export function messageAt(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null
  return closestMessage(target)?.dataset.message ?? null
}

/** Before what has the keyboard goes away: the message that it lies in takes over. */
export function holdFocus(going: Element | null): void {
  if (going?.contains(document.activeElement)) closestMessage(going)?.focus({ preventScroll: true })
}

/**
 * Before a click makes a message go away: the next one takes the keyboard, or the one before, or the list. A pointer
 * has no use for that: it would open the neighbour's actions under the finger.
 */
export function passFocus(click: MouseEvent): void {
  const within = click.currentTarget
  if (click.detail > 0 || !(within instanceof Element)) return
  const list = within.closest<HTMLElement>('[role="log"]')
  const going = closestMessage(within)
  if (!list || !going) return
  const messages = [...list.querySelectorAll<HTMLElement>('[data-message]')]
  const at = messages.indexOf(going)
  const heir = messages[at + 1] ?? messages[at - 1] ?? list
  heir.focus({ preventScroll: true })
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

const closestMessage = (within: Element) => within.closest<HTMLElement>('[data-message]')
