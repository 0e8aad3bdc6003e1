/** Remembers the reactions of messages, so that a row whose reactions are as they were is not drawn again. */

import type { Reaction } from '../api.ts'

const none: readonly Reaction[] = []

/** What it gives is the same array as last time for as long as nothing in it is another. */
export function sameReactions() {
  const kept = new Map<string, { signature: string; reactions: readonly Reaction[] }>()
  return (message: string, reactions: readonly Reaction[]): readonly Reaction[] => {
    if (reactions.length === 0) {
      kept.delete(message)
      return none
    }
    const signature = JSON.stringify(reactions)
    const before = kept.get(message)
    if (before?.signature === signature) return before.reactions
    kept.set(message, { signature, reactions })
    return reactions
  }
}
