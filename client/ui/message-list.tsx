/** The messages of a room: groups, days, the unread line; at the newest unless somebody reads older ones. */

import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import type { OpenRoom } from '../api.ts'
import { realClock } from '../clock.ts'
import { Between, Top } from './between.tsx'
import { deedsIn } from './deeds.ts'
import { EmptyRoom } from './empty-room.tsx'
import { Icon } from './icon.tsx'
import { messageAt, onListKey } from './list-keys.ts'
import { listenForPress } from './long-press.ts'
import { Message } from './message.tsx'
import { clock } from './now.ts'
import { usePage } from './page.ts'
import { nextExpiry, rowsOf, unreadAfter } from './rows.ts'
import { sameReactions } from './same-reactions.ts'
import { usePlace } from './use-place.ts'
import { useUnreadLine } from './use-unread-line.ts'
import { countText } from './words.ts'

export function MessageList({ open }: { open: OpenRoom }) {
  const page = usePage()
  page.beat.value
  const me = page.me.value
  const now = page.chat.serverNow()
  const timeline = open.timeline()
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const place = usePlace(open, timeline, box, content)
  const line = useUnreadLine(open, place.isAtEnd, place.keeper, content)
  useRedrawAtExpiry(nextExpiry(timeline, now))

  /** The message that Tab reaches, and whose actions are open without a pointer. */
  const [active, setActive] = useState<string | null>(null)
  useEffect(() => {
    if (!box.current) return
    return listenForPress(box.current, (target) => setActive(messageAt(target)))
  }, [])

  const deeds = useMemo(() => deedsIn(page, open), [page, open])
  const nameOf = useMemo(() => (id: string) => open.member(id)?.name ?? '…', [open])
  const reactionsOf = useMemo(sameReactions, [open])
  const pinned = new Set(open.pinned().map(({ pin }) => pin.id))
  const rows = rowsOf(place.shown, { dayNumber: clock.dayNumber, readUpTo: line, me: me.id, now })
  const ids = rows.filter((row) => row.kind === 'message').map((row) => row.key)
  const isBeginning = open.isComplete && place.beyond.above === 0
  const isEmpty = open.isReady && !open.isGone && isBeginning && place.beyond.below === 0 && ids.length === 0
  const fresh = place.isAtEnd ? 0 : unreadAfter(timeline, { readUpTo: open.readUpTo, me: me.id, now })

  return (
    <div class="list">
      <div
        ref={box}
        class="scroller"
        role="log"
        aria-label="Messages"
        aria-live="polite"
        aria-busy={place.loading === 'yes'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={place.onScroll}
        onFocusCapture={(event) => {
          const id = messageAt(event.target)
          if (id !== null) setActive(id)
        }}
        onKeyDown={(event) => onListKey(event, ids)}
        onContextMenu={(event) => {
          // A long press opens the actions, not the browser's menu.
          if (matchMedia('(hover: none)').matches && messageAt(event.target)) event.preventDefault()
        }}
      >
        <div ref={content} class="content">
          <Top
            loading={place.loading}
            isBeginning={isBeginning}
            isReady={open.isReady}
            onAsk={place.askForOlder}
          />
          {rows.map((row) =>
            row.kind === 'message' ? (
              <Message
                key={row.key}
                id={row.key}
                by={row.message.by}
                name={row.message.by === me.id ? me.name : nameOf(row.message.by)}
                body={row.message.body}
                at={row.message.at}
                edited={row.message.edited}
                expires={row.message.expires}
                opens={row.opens}
                closes={row.closes}
                isMine={row.message.by === me.id}
                state={row.shown.state}
                pending={row.shown.pending}
                reactions={reactionsOf(row.key, open.reactions(row.key))}
                isPinned={pinned.has(row.key)}
                isActive={row.key === active}
                isBeingEdited={page.editing.value?.message === row.key}
                trouble={page.troubles.value.get(row.key) ?? null}
                me={me.id}
                nameOf={nameOf}
                deeds={deeds}
              />
            ) : (
              <Between key={row.key} row={row} now={now} />
            ),
          )}
          {isEmpty && <EmptyRoom open={open} />}
        </div>
      </div>
      {!place.isAtEnd && (
        <button
          type="button"
          class="jump"
          aria-label={fresh > 0 ? `Jump to the newest, ${countText(fresh)} new` : 'Jump to the newest'}
          onClick={place.toEnd}
        >
          <Icon name="down" />
          {fresh > 0 && <span class="badge figures">{countText(fresh)}</span>}
        </button>
      )}
    </div>
  )
}

/** [M4] A temporary message goes when it is due, whatever else happens. `due`: server time in ms. */
function useRedrawAtExpiry(due: number | null): void {
  const { chat } = usePage()
  const [, redraw] = useReducer((count: number, _: null) => count + 1, 0)
  useEffect(() => {
    if (due === null) return
    return realClock.after(Math.max(0, due - chat.serverNow()), () => redraw(null))
  }, [due, chat])
}
