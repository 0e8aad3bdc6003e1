/** Where in a room's messages the reader is: which part is on the screen, and what has to be loaded for it. */

import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { OpenRoom, Shown } from '../api.ts'
import { usePage } from './page.ts'
import { elementOf } from './reveal.ts'
import { ScrollKeeper } from './scroll-keeper.ts'
import { beyond, lowered, newest, raised, within } from './span.ts'

/** Entries by which the part on the screen moves. */
const STEP = 100
/** More is fetched when an edge is this near; px. */
const AHEAD = 800

/** Pages that are fetched for one scroll up: a thousand who joined are a few rows, and must not be fetched for those. */
const MOST_PAGES = 5

/** `paused`: there is more, but somebody has to ask for it. */
export type Loading = 'no' | 'yes' | 'paused' | 'failed'

/** `box` scrolls, `content` holds the rows. */
export function usePlace(
  open: OpenRoom,
  timeline: readonly Shown[],
  box: RefObject<HTMLElement | null>,
  content: RefObject<HTMLElement | null>,
) {
  const page = usePage()
  const keeper = useRef<ScrollKeeper | null>(null)
  const [span, setSpan] = useState(newest)
  const [isAtEnd, setAtEnd] = useState(true)
  const [loading, setLoading] = useState<Loading>('no')
  const isLoading = useRef(false)
  const pages = useRef(0)
  const wasFromTop = useRef(0)

  useLayoutEffect(() => {
    if (!box.current || !content.current) return
    const made = new ScrollKeeper(box.current, content.current)
    keeper.current = made
    return () => made.stop()
  }, [box, content])

  // After every drawing, whatever it changed.
  useLayoutEffect(() => keeper.current?.hold())

  const loadOlder = async () => {
    if (isLoading.current) return
    isLoading.current = true
    setLoading('yes')
    pages.current++
    try {
      await open.loadOlder()
      setLoading(pages.current < MOST_PAGES ? 'no' : 'paused')
    } catch {
      setLoading('failed') // no connection; a button says so
    } finally {
      isLoading.current = false
    }
  }

  const look = () => {
    const keep = keeper.current
    if (!keep) return
    const mayLoad = loading === 'no' || (loading === 'paused' && pages.current === 0)
    setAtEnd(keep.isAtEnd)
    if (keep.fromTop < AHEAD) {
      if (beyond(timeline, span).above > 0) setSpan(raised(timeline, span, STEP))
      else if (open.isReady && !open.isComplete && mayLoad) void loadOlder()
    }
    if (span.to !== null && keep.fromEnd < AHEAD) setSpan(lowered(timeline, span, STEP))
  }
  // A first page that does not fill the box, and a span that has just moved.
  useEffect(look, [timeline.length, span, open.isReady, loading])

  const askForOlder = () => {
    pages.current = 0
    void loadOlder()
  }

  const toEnd = () => {
    setSpan(newest)
    setAtEnd(true)
    keeper.current?.toEnd()
  }

  // Something that is known, but perhaps beyond an edge: first its row, then the view.
  const sought = page.sought.value
  useLayoutEffect(() => {
    const at = sought ? timeline.findIndex(({ record }) => record.id === sought.message) : -1
    if (!sought || at < 0) return
    const { above, below } = beyond(timeline, span)
    const end = timeline.length - below
    if (at < above) setSpan(raised(timeline, span, above - at + STEP))
    else if (at >= end) setSpan(lowered(timeline, span, at - end + 1 + STEP))
    else {
      elementOf(sought.message)?.scrollIntoView({ block: sought.block })
      keeper.current?.note(span.to === null)
      setAtEnd(keeper.current?.isAtEnd ?? true)
      page.sought.value = null
    }
  }, [sought, span])

  // What I say myself I want to see.
  const last = timeline.at(-1)
  const saying = last?.state === 'waiting' && last.pending?.name === 'message.send' ? last.record.id : null
  useLayoutEffect(() => {
    if (saying !== null) toEnd()
  }, [saying])

  return {
    keeper,
    isAtEnd,
    loading,
    askForOlder,
    toEnd,
    shown: within(timeline, span),
    beyond: beyond(timeline, span),
    onScroll() {
      const keep = keeper.current
      if (!keep) return
      keep.note(span.to === null)
      if (keep.fromTop < wasFromTop.current) pages.current = 0
      wasFromTop.current = keep.fromTop
      look()
    },
  }
}
