/** The rooms I am in, the ways into others, and who I am. */

import type { TargetedMouseEvent } from 'preact'
import type { RoomSummary } from '../../src/protocol.ts'
import { LOBBY } from '../../src/state/records.ts'
import { Avatar } from './avatar.tsx'
import { hueOf } from './hash.ts'
import { Icon } from './icon.tsx'
import { memo } from './memo.tsx'
import { useNavigation } from './navigation.ts'
import { clock } from './now.ts'
import { usePage } from './page.ts'
import { Wordmark } from './wordmark.tsx'
import { countText } from './words.ts'

export function RoomsColumn() {
  const page = usePage()
  const shown = page.open.value?.id
  return (
    <nav class="rooms" aria-label="Rooms">
      <div class="brand">
        <Wordmark />
        <button
          type="button"
          class="icon-button only-drawer"
          aria-label="Close rooms"
          onClick={() => {
            page.drawer.value = null
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      <ul class="room-list">
        {(page.ended.value === null ? page.rooms.value : []).map((room) => (
          <RoomLink
            key={room.room}
            room={room.room}
            name={room.name}
            unread={room.room === shown ? (page.open.value?.unread ?? 0) : room.unread}
            by={room.last?.by === page.me.value.id ? 'You' : (room.last?.name ?? null)}
            text={room.last?.text ?? null}
            at={room.last?.at ?? null}
            isLobby={room.room === LOBBY}
            isCurrent={room.room === shown}
          />
        ))}
      </ul>
      <div class="doors">
        <button
          type="button"
          class="button"
          onClick={() => {
            page.dialog.value = 'new room'
          }}
        >
          <Icon name="plus" />
          New room
        </button>
        <button
          type="button"
          class="button"
          onClick={() => {
            page.dialog.value = 'join'
          }}
        >
          <Icon name="code" />
          Join with a code
        </button>
      </div>
      <Me />
    </nav>
  )
}

interface LinkProps extends Pick<RoomSummary, 'room' | 'name' | 'unread'> {
  by: string | null
  text: string | null
  at: number | null
  isLobby: boolean
  isCurrent: boolean
}

const RoomLink = memo(({ room, name, unread, by, text, at, isLobby, isCurrent }: LinkProps) => {
  const navigation = useNavigation()
  const enter = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigation.go(room)
  }
  return (
    <li>
      <a
        class="room"
        href={navigation.pathOf(room)}
        aria-current={isCurrent ? 'page' : undefined}
        data-unread={unread > 0 ? '' : undefined}
        onClick={enter}
      >
        <RoomSign room={room} name={name} isLobby={isLobby} />
        <span class="room-name">{name}</span>
        {at !== null && <time class="room-time">{clock.short(at, Date.now())}</time>}
        <span class="room-foot">
          <span class="room-last">{text === null ? 'Nothing said yet' : `${by}: ${text}`}</span>
          {unread > 0 && (
            <span class="badge figures">
              {countText(unread)}
              <span class="hidden-text"> unread</span>
            </span>
          )}
        </span>
      </a>
    </li>
  )
})

/** The lobby has the lamp, other rooms the first letter of their name. */
export function RoomSign({ room, name, isLobby }: { room: string; name: string; isLobby: boolean }) {
  if (isLobby) {
    return (
      <svg class="sign lobby" viewBox="0 0 32 32" aria-hidden="true">
        <path class="shade" d="M12 7h8l4.5 10h-17z" />
        <path class="stand" d="M16 17v8M11.5 25.5h9" />
      </svg>
    )
  }
  return (
    <span
      class="sign person"
      style={{ '--hue': String(hueOf(room)), '--ground': String(hueOf(room)) }}
      aria-hidden="true"
    >
      {[...name][0]?.toLocaleUpperCase()}
    </span>
  )
}

function Me() {
  const page = usePage()
  const me = page.me.value
  return (
    <div class="me">
      {me.id ? <Avatar id={me.id} /> : <span class="avatar blank" />}
      <span class="me-name">{me.name || '…'}</span>
      <button
        type="button"
        class="icon-button"
        aria-label="Change name"
        title="Change name"
        onClick={() => {
          page.dialog.value = 'name'
        }}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="icon-button"
        aria-label="Settings"
        title="Settings"
        onClick={() => {
          page.dialog.value = 'settings'
        }}
      >
        <Icon name="settings" />
      </button>
    </div>
  )
}
