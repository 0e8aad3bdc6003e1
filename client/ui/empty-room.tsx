/** A room in which nothing has been said: what to do next. */

import { LOBBY } from '../../src/state/records.ts'
import type { OpenRoom } from '../api.ts'
import { isOnlyHere } from './address.ts'
import { CopyLink } from './copy-link.tsx'
import { useNavigation } from './navigation.ts'
import { OnlyHere } from './only-here.tsx'

export function EmptyRoom({ open }: { open: OpenRoom }) {
  const navigation = useNavigation()
  const link = navigation.linkTo(open.id)
  const isAlone = open.present <= 1
  return (
    <div class="empty">
      <svg viewBox="0 0 96 96" aria-hidden="true">
        <ellipse class="glow" cx="48" cy="60" rx="40" ry="26" />
        <path class="shade" d="M36 20h24l13 30H23z" />
        <path class="stand" d="M48 50v28M34 79h28" />
      </svg>
      <p class="empty-title">Nothing has been said here yet.</p>
      <p class="hint">
        {isAlone
          ? 'You are the first one. Share the link, and somebody will come.'
          : 'Say hello, or share the link.'}
      </p>
      <CopyLink link={link} label="Copy the link" />
      {isOnlyHere(link) && <OnlyHere />}
      {open.id === LOBBY && <p class="hint">This is the lobby: everybody starts here.</p>}
    </div>
  )
}
