/** The line before what is new, and what counts as read: what was on the screen while somebody looked at it. */

import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { OpenRoom } from '../api.ts'
import { isLookedAt } from './attention.ts'
import type { ScrollKeeper } from './scroll-keeper.ts'

/** Older pages that are loaded on arriving, in search of the first unread message. */
const MOST_PAGES = 3

/** The rev that the line stands after; `null`: no line. `isAtEnd`: the newest message is on the screen. */
export function useUnreadLine(
  open: OpenRoom,
  isAtEnd: boolean,
  keeper: RefObject<ScrollKeeper | null>,
  content: RefObject<HTMLElement | null>,
): number | null {
  const [line, setLine] = useState(() => (open.isReady && open.unread > 0 ? open.readUpTo : null))
  const [hasArrived, setArrived] = useState(false)
  const wasShown = useRef(false)
  /** Rev up to which I have read while I am here. Back below it I went by hand: then it stays unread until I come again. */
  const furthest = useRef(0)

  useEffect(() => {
    let isHere = true
    const arrive = async () => {
      await open.ready()
      const readUpTo = open.readUpTo
      if (open.unread === 0) return
      for (let page = 0; page < MOST_PAGES && open.room.floor > readUpTo + 1 && !open.isComplete; page++)
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

  // A room is entered at its first unread message, unless that is on the screen anyway.
  useLayoutEffect(() => {
    const row = content.current?.querySelector('.unread-line')
    if (!row || wasShown.current) return
    wasShown.current = true
    keeper.current?.upTo(row)
  })

  useEffect(() => {
    const see = () => {
      if (!hasArrived) return
      const { readUpTo } = open
      furthest.current = Math.max(Math.min(furthest.current, open.room.rev), readUpTo)
      if (open.unread === 0) return
      if (readUpTo < furthest.current) setLine(readUpTo)
      else if (isAtEnd && isLookedAt()) open.markRead()
      else setLine((before) => Math.max(before ?? 0, readUpTo))
    }
    see()
    window.addEventListener('focus', see)
    document.addEventListener('visibilitychange', see)
    return () => {
      window.removeEventListener('focus', see)
      document.removeEventListener('visibilitychange', see)
    }
  })

  return line
}
