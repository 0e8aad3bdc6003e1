/** The buttons that float at a message's top edge. They take no room, so that nothing moves when they come. */

import { useEffect, useRef, useState } from 'preact/hooks'
import { copyText } from './clipboard.ts'
import type { Deeds } from './deeds.ts'
import type { IconName } from './icon.tsx'
import { Icon } from './icon.tsx'
import { holdFocus, passFocus } from './list-keys.ts'

interface Props {
  message: string
  body: string
  isMine: boolean
  isPinned: boolean
  canBePinned: boolean
  isActive: boolean
  deeds: Deeds
}

const emojiRow = ['👍', '❤️', '😂', '🎉', '😮', '😢', '🙏', '👀'] as const

export function Actions({ message, body, isMine, isPinned, canBePinned, isActive, deeds }: Props) {
  const [shows, setShows] = useState<'buttons' | 'emoji' | 'more'>('buttons')
  const tools = useRef<HTMLDivElement>(null)
  const isUnfolded = shows !== 'buttons'

  useEffect(() => {
    if (!isUnfolded) return
    tools.current?.querySelector('button')?.focus({ preventScroll: true })
    const fold = (event: Event) => {
      if (event.target instanceof Node && tools.current?.contains(event.target)) return
      setShows('buttons')
    }
    document.addEventListener('pointerdown', fold)
    return () => document.removeEventListener('pointerdown', fold)
  }, [isUnfolded])

  const fold = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isUnfolded) return
    event.stopPropagation()
    holdFocus(tools.current)
    setShows('buttons')
  }
  const tab = isActive ? 0 : -1
  const done = (deed: () => void) => () => {
    holdFocus(tools.current)
    setShows('buttons')
    deed()
  }
  const button = (label: string, icon: IconName, deed: (event: MouseEvent) => void) => (
    <button type="button" class="action" aria-label={label} title={label} tabIndex={tab} onClick={deed}>
      <Icon name={icon} />
    </button>
  )

  return (
    <div
      ref={tools}
      class={isUnfolded ? 'actions unfolded' : 'actions'}
      role="toolbar"
      aria-label="Actions"
      onKeyDown={fold}
    >
      {shows === 'emoji' &&
        emojiRow.map((emoji) => (
          <button
            key={emoji}
            type="button"
            class="action emoji"
            aria-label={`React with ${emoji}`}
            tabIndex={tab}
            onClick={done(() => deeds.react(message, emoji, true))}
          >
            {emoji}
          </button>
        ))}
      {shows === 'more' && (
        <>
          <button
            type="button"
            class="action worded"
            tabIndex={tab}
            onClick={done(() => {
              void copyText(body)
            })}
          >
            Copy text
          </button>
          <button
            type="button"
            class="action worded"
            tabIndex={tab}
            onClick={done(() => deeds.markUnread(message))}
          >
            Mark unread
          </button>
        </>
      )}
      {!isUnfolded && (
        <>
          {button('React', 'smile', () => setShows('emoji'))}
          {isMine && button('Edit', 'pencil', () => deeds.edit(message, body))}
          {canBePinned &&
            (isPinned
              ? button('Unpin', 'unpin', () => deeds.pin(message, false))
              : button('Pin', 'pin', () => deeds.pin(message, true)))}
          {isMine &&
            button('Delete', 'trash', (event) => {
              passFocus(event)
              deeds.remove(message)
            })}
          {button('More', 'more', () => setShows('more'))}
        </>
      )}
    </div>
  )
}
