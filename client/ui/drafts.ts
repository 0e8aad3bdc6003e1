/** What was begun and not sent, per room, on this device. */

import { recall, remember, remembered } from './storage.ts'

/** Rooms with a draft; beyond it the one that was touched longest ago goes. */
const MOST = 100
/** Under this name: the rooms with a draft, in the order in which they were touched. */
const order = 'drafts'

export const draftOf = (room: string): string => recall(nameOf(room)) ?? ''

export function keepDraft(room: string, text: string): void {
  const isKept = text.trim() !== ''
  remember(nameOf(room), isKept ? text : null)
  const before = recall(order)
  const others = (before?.split(' ') ?? []).filter((other) => other !== '' && other !== room)
  const rooms = isKept ? [...others, room] : others
  for (const oldest of rooms.splice(0, rooms.length - MOST)) remember(nameOf(oldest), null)
  const after = rooms.join(' ')
  if (after !== before) remember(order, after || null)
}

/** Beside what is there already, which is not lost. */
export function addToDraft(room: string, text: string): void {
  const before = draftOf(room)
  keepDraft(room, before === '' ? text : `${before}\n${text}`)
}

/** Somebody else may come. */
export function forgetDrafts(): void {
  for (const name of remembered(nameOf(''))) remember(name, null)
  remember(order, null)
}

const nameOf = (room: string): string => `draft.${room}`
