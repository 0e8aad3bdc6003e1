/** How people reacted to a message: each emoji a toggle with its count. */

import type { Reaction } from '../api.ts'
import type { Deeds } from './deeds.ts'
import { holdFocus } from './list-keys.ts'
import { namesText } from './words.ts'

interface Props {
  message: string
  reactions: readonly Reaction[]
  me: string
  nameOf(id: string): string
  deeds: Deeds
}

export function Reactions({ message, reactions, me, nameOf, deeds }: Props) {
  return (
    <div class="reactions">
      {reactions.map(({ emoji, by }) => {
        const isMine = by.includes(me)
        const names = namesText(by.map((id) => (id === me ? 'you' : nameOf(id))))
        return (
          <button
            key={emoji}
            type="button"
            class="reaction"
            aria-pressed={isMine}
            aria-label={`${emoji} ${by.length}, by ${names}`}
            title={names}
            onClick={({ currentTarget }) => {
              if (isMine && by.length === 1) holdFocus(currentTarget)
              deeds.react(message, emoji, !isMine)
            }}
          >
            <span class="emoji" aria-hidden="true">
              {emoji}
            </span>
            <span class="figures" aria-hidden="true">
              {by.length}
            </span>
          </button>
        )
      })}
    </div>
  )
}
