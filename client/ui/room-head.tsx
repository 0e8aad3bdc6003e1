/** The room's name, the state of the connection, and how others get in. */

import { useEffect, useState } from 'preact/hooks'
import { showCode } from '../../src/state/code.ts'
import { LOBBY } from '../../src/state/records.ts'
import type { OpenRoom, Status } from '../api.ts'
import { CopyLink } from './copy-link.tsx'
import { Icon } from './icon.tsx'
import { sentenceOf, useNavigation } from './navigation.ts'
import { usePage } from './page.ts'
import { countText, plural } from './words.ts'

const words: Record<Status, string> = {
  connecting: 'Connecting…',
  connected: 'Connected',
  reconnecting: 'Reconnecting…',
  offline: 'Offline',
}

export function RoomHead() {
  const page = usePage()
  const navigation = useNavigation()
  page.beat.value
  const open = page.open.value
  const room = open?.room.get('room', open.id)
  const code = room?.code ?? null
  const name = room?.name ?? page.rooms.value.find((one) => one.room === open?.id)?.name ?? 'Lobby'
  const status = page.status.value

  useEffect(() => {
    if (code) navigation.settle()
  }, [code, navigation])

  return (
    <header class="room-head">
      <OpenRooms />
      <div class="titles">
        <h1>{name}</h1>
        <p class="subtitle">
          <span class="status" role="status" data-status={status}>
            {words[status]}
          </span>
          {code && (
            // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls; this names a piece of text
            <span class="room-code figures" role="group" aria-label="Room code" title="Room code">
              {showCode(code)}
            </span>
          )}
          {room?.vanish && (
            <span class="vanishes" title="It is gone, with all that was said, when the last one has left">
              <Icon name="timer" />
              <span class="words">vanishes when all have left</span>
            </span>
          )}
          {room && <span class="figures people-count">{plural(room.people, 'person', 'people')}</span>}
        </p>
      </div>
      {open && <CopyLink link={navigation.linkTo(open.id)} />}
      {open && (
        <button
          type="button"
          class="icon-button"
          aria-label="Show QR code"
          title="Show QR code"
          onClick={() => {
            page.dialog.value = 'invite'
          }}
        >
          <Icon name="qr" />
        </button>
      )}
      {open && !open.isGone && open.id !== LOBBY && <Leave key={open.id} open={open} />}
      <button
        type="button"
        class="icon-button opens-people"
        aria-label="Show people"
        title="People"
        onClick={() => {
          page.drawer.value = 'people'
        }}
      >
        <Icon name="people" />
      </button>
    </header>
  )
}

function OpenRooms() {
  const page = usePage()
  const elsewhere = page.rooms.value
    .filter((room) => room.room !== page.open.value?.id)
    .reduce((sum, room) => sum + room.unread, 0)
  return (
    <button
      type="button"
      class="icon-button opens-rooms"
      aria-label="Show rooms"
      onClick={() => {
        page.drawer.value = 'rooms'
      }}
    >
      <Icon name="menu" />
      {elsewhere > 0 && <span class="badge figures">{countText(elsewhere)}</span>}
    </button>
  )
}

/** At once: the code leads back in. */
function Leave({ open }: { open: OpenRoom }) {
  const page = usePage()
  const navigation = useNavigation()
  const [isBusy, setBusy] = useState(false)
  const leave = async () => {
    setBusy(true)
    try {
      await navigation.leave(open)
    } catch (error) {
      page.problem.value = `You are still in the room. ${sentenceOf(error)}`
      setBusy(false)
    }
  }
  return (
    <button
      type="button"
      class="icon-button"
      aria-label="Leave room"
      title="Leave room"
      disabled={isBusy}
      onClick={leave}
    >
      <Icon name="leave" />
    </button>
  )
}
