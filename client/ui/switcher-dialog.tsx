/** Ctrl+K: to a room by a few letters of its name. */

import { useState } from 'preact/hooks'
import { Dialog } from './dialog.tsx'
import { useNavigation } from './navigation.ts'
import { usePage } from './page.ts'
import { countText } from './words.ts'

/** Rooms that are offered at once. */
const MOST = 12

export function SwitcherDialog() {
  const page = usePage()
  const navigation = useNavigation()
  const [typed, setTyped] = useState('')
  const [chosen, setChosen] = useState(0)
  const wanted = typed.trim().toLocaleLowerCase()
  const found = page.rooms.value
    .filter((room) => room.name.toLocaleLowerCase().includes(wanted))
    .slice(0, MOST)
  const at = Math.min(chosen, found.length - 1)

  const go = (room: string) => {
    page.dialog.value = null
    navigation.go(room)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (by !== 0 && found.length > 0) {
      event.preventDefault()
      setChosen((at + by + found.length) % found.length)
    }
    if (event.key === 'Enter' && found[at]) {
      event.preventDefault()
      go(found[at].room)
    }
  }

  return (
    <Dialog title="Go to a room">
      <input
        class="input"
        type="text"
        role="combobox"
        aria-label="Room"
        aria-expanded="true"
        aria-controls="switcher-rooms"
        aria-activedescendant={found[at] ? `switch-${found[at].room}` : undefined}
        placeholder="A few letters of its name"
        autocomplete="off"
        autofocus
        onKeyDown={onKeyDown}
        onInput={(event) => {
          setTyped(event.currentTarget.value)
          setChosen(0)
        }}
      />
      <div id="switcher-rooms" class="switcher" role="listbox" aria-label="Rooms">
        {found.map((room, index) => (
          <div
            key={room.room}
            id={`switch-${room.room}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === at}
            onClick={() => go(room.room)}
            onKeyDown={onKeyDown}
          >
            <span>{room.name}</span>
            {room.unread > 0 && <span class="badge figures">{countText(room.unread)}</span>}
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="hint">No room of yours is called like this.</p>}
    </Dialog>
  )
}
