/** One room: what is said in it and the box to say something. */

import { LOBBY } from '../../src/state/records.ts'
import { Composer } from './composer.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import { MessageList } from './message-list.tsx'
import { useNavigation } from './navigation.ts'
import { usePage } from './page.ts'
import { PinBar } from './pin-bar.tsx'
import { RoomHead } from './room-head.tsx'

export function Conversation() {
  const page = usePage()
  const open = page.open.value
  return (
    <main class="conversation">
      <RoomHead />
      <ConnectionBar />
      <Problem />
      {open && <PinBar key={`pins ${open.id}`} open={open} />}
      {open ? (
        <MessageList key={open.id} open={open} />
      ) : (
        <div class="scroller" role="log" aria-label="Messages" aria-live="polite" />
      )}
      <Composer />
    </main>
  )
}

function Problem() {
  const page = usePage()
  const navigation = useNavigation()
  page.beat.value
  const isGone = page.open.value?.isGone ?? false
  const problem = page.problem.value
  if (!problem) return null
  return (
    <div class="bar danger" role="alert">
      <span>{problem}</span>
      <button
        type="button"
        class="button"
        onClick={() => {
          page.problem.value = null
          if (isGone) navigation.go(LOBBY)
        }}
      >
        {isGone ? 'To the lobby' : 'OK'}
      </button>
    </div>
  )
}
