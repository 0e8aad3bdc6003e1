/** The newest pin at the top of the room, and all of them on a press. */

import { useState } from 'preact/hooks'
import { excerpt } from '../../src/state/text.ts'
import type { OpenRoom, Pinned } from '../api.ts'
import { refusalOf } from './deeds.ts'
import { Icon } from './icon.tsx'
import { sentenceOf } from './navigation.ts'
import { usePage } from './page.ts'
import { reveal } from './reveal.ts'
import { plural } from './words.ts'

export function PinBar({ open }: { open: OpenRoom }) {
  const page = usePage()
  page.beat.value
  const [isUnfolded, setUnfolded] = useState(false)
  const pinned = open.pinned()
  const [first, ...others] = pinned
  if (!first) return null
  return (
    <section class="pins" aria-label="Pinned messages">
      <ul>
        {(isUnfolded ? pinned : [first]).map((one) => (
          <Pin key={one.pin.id} pinned={one} open={open} />
        ))}
      </ul>
      {others.length > 0 && (
        <button
          type="button"
          class="link-button"
          aria-expanded={isUnfolded}
          onClick={() => setUnfolded(!isUnfolded)}
        >
          {isUnfolded ? 'Show the newest only' : `${plural(others.length, 'more pin', 'more pins')}`}
        </button>
      )}
    </section>
  )
}

function Pin({ pinned, open }: { pinned: Pinned; open: OpenRoom }) {
  const page = usePage()
  const { pin, message } = pinned
  const name = message ? (open.member(message.by)?.name ?? '…') : ''
  return (
    <li class="pinned">
      <Icon name="pin" />
      <button
        type="button"
        class="pinned-text"
        disabled={!message}
        onClick={() => void reveal(page, open, pin.id)}
      >
        <strong>{name}</strong> {message ? excerpt(message.body, 200) : '…'}
      </button>
      <button
        type="button"
        class="icon-button small"
        aria-label={`Remove the pin of ${name}`}
        title="Unpin"
        onClick={() => {
          // One that the server refuses comes back into the bar.
          const why = refusalOf(() => open.pin(pin.id, false))
          if (why) page.problem.value = `The pin is still there. ${sentenceOf(why)}`
        }}
      >
        <Icon name="close" />
      </button>
    </li>
  )
}
