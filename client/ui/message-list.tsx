/** The messages of a room: groups, days, the unread line; at the newest unless somebody reads older ones. */

import type { TargetedEvent, TargetedFocusEvent } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks'
import type { OpenRoom, Reaction } from '../api.ts'
import { isLookedAt } from './attention.ts'
import { deedsIn } from './deeds.ts'
import { EmptyRoom } from './empty-room.tsx'
import { Icon } from './icon.tsx'
import { listenForPress } from './long-press.ts'
import { Message } from './message.tsx'
import { clock } from './now.ts'
import { usePage } from './page.ts'
import { elementOf } from './reveal.ts'
import type { MessageRow, Row } from './rows.ts'
import { nextExpiry, rowsOf, unreadAfter } from './rows.ts'
import { ScrollKeeper } from './scroll-keeper.ts'
import { beyond, lowered, newest, raised, within } from './span.ts'
import { countText, noticeText } from './words.ts'

/** Entries by which the part on the screen moves. */
const STEP = 100
/** Older ones are fetched when the top is this near; px. */
const AHEAD = 800
/** Longest delay that timers take; ms. */
const LONGEST = 2 ** 31 - 1

export function MessageList({ open }: { open: OpenRoom }) {
  const page = usePage()
  page.beat.value
  const me = page.me.value.id
  const box = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const keeper = useRef<ScrollKeeper | null>(null)
  const [span, setSpan] = useState(newest)
  const [isAtEnd, setAtEnd] = useState(true)
  const [active, setActive] = useState<string | null>(null)
  /** Rev that the unread line stands after; `null`: no line. */
  const [line, setLine] = useState(() => (open.isReady && open.unread > 0 ? open.readUpTo : null))
  /** The place to begin at is found: from now on what is seen is read. */
  const [hasArrived, setArrived] = useState(false)
  const [loading, setLoading] = useState<'no' | 'yes' | 'failed'>('no')
  const isLoading = useRef(false)
  const [, redraw] = useReducer((count: number, _: null) => count + 1, 0)

  const deeds = useMemo(() => deedsIn(page, open), [page, open])
  const nameOf = useMemo(() => (id: string) => open.member(id)?.name ?? '…', [open])
  const sameReactions = useMemo(keepSame, [open])

  const now = page.chat.serverNow()
  const timeline = open.timeline()
  const pinned = new Set(open.isReady ? open.room.all('pin').map((pin) => pin.id) : [])
  const rows = rowsOf(within(timeline, span), { dayNumber: clock.dayNumber, readUpTo: line, me, now })
  const lastMessage = rows.findLast((row) => row.kind === 'message')?.key ?? null
  const below = span.to === null ? 0 : beyond(timeline, span).below
  const fresh = isAtEnd && below === 0 ? 0 : unreadAfter(timeline, { readUpTo: open.readUpTo, me, now })

  useLayoutEffect(() => {
    if (!box.current || !content.current) return
    keeper.current = new ScrollKeeper(box.current, content.current)
    return () => keeper.current?.stop()
  }, [])

  // Opening a room: at the first unread message, or at the newest.
  useEffect(() => {
    let isHere = true
    const arrive = async () => {
      await open.ready()
      const readUpTo = open.readUpTo
      if (open.unread === 0) return
      for (let pages = 0; pages < 3 && open.room.floor > readUpTo + 1 && !open.isComplete; pages++)
        await open.loadOlder()
      if (isHere) setLine(readUpTo)
    }
    arrive()
      .catch(() => undefined) // no such room, or no connection: the newest do
      .finally(() => isHere && setArrived(true))
    return () => {
      isHere = false
    }
  }, [open])
  const hadLine = useRef(false)
  useLayoutEffect(() => {
    const row = content.current?.querySelector('.unread-line')
    if (row && !hadLine.current) {
      hadLine.current = true
      const box = content.current?.parentElement
      if (box && box.getBoundingClientRect().bottom - row.getBoundingClientRect().top > box.clientHeight)
        keeper.current?.toRow(row)
      setAtEnd(keeper.current?.isAtEnd ?? true)
    }
    keeper.current?.hold()
  })

  // What is seen is read; what comes while nobody looks gets the line.
  useEffect(() => {
    const see = () => {
      if (!hasArrived || open.unread === 0) return
      if (isLookedAt() && keeper.current?.isAtEnd && span.to === null) open.markRead()
      else setLine((before) => (before === null || before < open.readUpTo ? open.readUpTo : before))
    }
    see()
    window.addEventListener('focus', see)
    document.addEventListener('visibilitychange', see)
    return () => {
      window.removeEventListener('focus', see)
      document.removeEventListener('visibilitychange', see)
    }
  })

  const due = nextExpiry(timeline, now)
  useEffect(() => {
    if (due === null) return
    const timer = setTimeout(() => redraw(null), Math.min(LONGEST, Math.max(0, due - page.chat.serverNow())))
    return () => clearTimeout(timer)
  }, [due, page])

  const loadOlder = async () => {
    if (isLoading.current) return
    isLoading.current = true
    setLoading('yes')
    try {
      await open.loadOlder()
      setLoading('no')
    } catch {
      setLoading('failed') // no connection; a button says so
    } finally {
      isLoading.current = false
    }
  }

  const check = () => {
    const keep = keeper.current
    if (!keep) return
    const isDown = keep.isAtEnd && span.to === null
    if (isDown !== isAtEnd) setAtEnd(isDown)
    if (isDown && hasArrived && isLookedAt()) open.markRead()
    if (keep.fromTop < AHEAD) {
      if (beyond(timeline, span).above > 0) setSpan(raised(timeline, span, STEP))
      else if (open.isReady && !open.isComplete && loading === 'no') void loadOlder()
    }
    if (span.to !== null && keep.fromEnd < AHEAD) setSpan(lowered(timeline, span, STEP))
  }
  // A first page that does not fill the box, and a span that has just moved.
  useEffect(check, [timeline.length, span, open.isReady])

  const toEnd = () => {
    setSpan(newest)
    setAtEnd(true)
    keeper.current?.toEnd()
    open.markRead()
  }

  const onFocus = (event: TargetedFocusEvent<HTMLDivElement>) => {
    const id = messageAt(event.target)
    if (id) setActive(id)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const id = messageAt(event.target)
    if (!id) {
      if (event.key === 'ArrowUp' && event.target === box.current) focusMessage(lastMessage, event)
      return
    }
    if (event.key === 'F10' && event.shiftKey) {
      event.preventDefault()
      elementOf(id)?.querySelector<HTMLElement>('.actions button')?.focus()
    } else if (event.key === 'Escape') {
      const message = elementOf(id)
      if (message && message !== event.target) message.focus()
    } else if (event.target === elementOf(id) && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      const messages = rows.filter((row) => row.kind === 'message')
      const at = messages.findIndex((row) => row.key === id) + (event.key === 'ArrowUp' ? -1 : 1)
      focusMessage(messages[at]?.key ?? null, event)
    }
  }

  useEffect(() => {
    if (!box.current) return
    return listenForPress(box.current, (target) => setActive(messageAt(target)))
  }, [])

  const tabbed = rows.some((row) => row.key === active) ? active : null
  return (
    <div class="list">
      <div
        ref={box}
        class="scroller"
        role="log"
        aria-label="Messages"
        aria-live="polite"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={() => {
          keeper.current?.note()
          check()
        }}
        onFocusCapture={onFocus}
        onKeyDown={onKeyDown}
        onContextMenu={(event: TargetedEvent<HTMLDivElement>) => {
          if (matchMedia('(pointer: coarse)').matches && messageAt(event.target)) event.preventDefault()
        }}
      >
        <div ref={content} class="content">
          <Top
            open={open}
            loading={loading}
            onRetry={loadOlder}
            isWhole={beyond(timeline, span).above === 0}
          />
          {rows.map((row) =>
            row.kind === 'message' ? (
              <Message
                key={row.key}
                id={row.key}
                by={row.message.by}
                name={row.message.by === me ? page.me.value.name : nameOf(row.message.by)}
                body={row.message.body}
                at={row.message.at}
                edited={row.message.edited}
                expires={row.message.expires}
                opens={row.opens}
                closes={row.closes}
                isMine={row.message.by === me}
                state={row.shown.state}
                pending={row.shown.pending}
                reactions={sameReactions(row.key, open.reactions(row.key))}
                isPinned={pinned.has(row.key)}
                isActive={row.key === tabbed}
                isBeingEdited={page.editing.value?.message === row.key}
                trouble={page.troubles.value.get(row.key) ?? null}
                me={me}
                nameOf={nameOf}
                deeds={deeds}
              />
            ) : (
              <Between key={row.key} row={row} now={now} />
            ),
          )}
          {open.isReady && lastMessage === null && <EmptyRoom open={open} />}
        </div>
      </div>
      {(!isAtEnd || below > 0) && (
        <button
          type="button"
          class="jump"
          aria-label={fresh > 0 ? `Jump to the newest, ${countText(fresh)} new` : 'Jump to the newest'}
          onClick={toEnd}
        >
          <Icon name="down" />
          {fresh > 0 && <span class="badge figures">{countText(fresh)}</span>}
        </button>
      )}
    </div>
  )
}

/** What stands between messages. */
function Between({ row, now }: { row: Exclude<Row, MessageRow>; now: number }) {
  switch (row.kind) {
    case 'day':
      return (
        <p class="day">
          <time>{clock.day(row.at, now)}</time>
        </p>
      )
    case 'unread':
      return (
        <p class="unread-line">
          <span>New messages</span>
        </p>
      )
    case 'notice':
      return (
        <p class="notice" title={clock.exact(row.notice.at)}>
          {noticeText(row.notice)} <time>{clock.time(row.notice.at)}</time>
        </p>
      )
  }
}

interface TopProps {
  open: OpenRoom
  loading: 'no' | 'yes' | 'failed'
  isWhole: boolean
  onRetry(): void
}

function Top({ open, loading, isWhole, onRetry }: TopProps) {
  if (loading === 'failed') {
    return (
      <p class="top">
        Older messages could not be loaded.{' '}
        <button type="button" class="link-button" onClick={onRetry}>
          Try again
        </button>
      </p>
    )
  }
  if (open.isReady && open.isComplete && isWhole) return <p class="top" />
  return <p class="top">{open.isReady ? 'Loading older messages…' : ''}</p>
}

function messageAt(target: EventTarget | null): string | null {
  return target instanceof Element
    ? (target.closest<HTMLElement>('[data-message]')?.dataset.message ?? null)
    : null
}

function focusMessage(id: string | null, event: Event): void {
  const element = id === null ? null : elementOf(id)
  if (!element) return
  event.preventDefault()
  element.focus()
}

/** The same array as last time as long as the reactions are the same, so that the row is not drawn again. */
function keepSame() {
  const kept = new Map<string, { signature: string; reactions: readonly Reaction[] }>()
  return (message: string, reactions: readonly Reaction[]): readonly Reaction[] => {
    if (reactions.length === 0) return none
    const signature = JSON.stringify(reactions)
    const before = kept.get(message)
    if (before?.signature === signature) return before.reactions
    kept.set(message, { signature, reactions })
    return reactions
  }
}

const none: readonly Reaction[] = []
