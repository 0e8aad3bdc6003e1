/** What was begun and not sent, per room, on this device. */

import { recall, remember, remembered } from './storage.ts'

/** Rooms with a draft; beyond it the drafts of others are not kept. */
const MOST = 100

export const draftOf = (room: string): string => recall(`draft.${room}`) ?? ''

export function keepDraft(room: string, text: string): void {
  const name = `draft.${room}`
  if (text.trim() === '') remember(name, null)
  else if (recall(name) !== null || remembered('draft.').length < MOST) remember(name, text)
}
