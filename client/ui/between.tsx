/** What stands between messages and above the first: days, notices, the unread line, the way to older ones. */

import { clock } from './now.ts'
import type { MessageRow, Row } from './rows.ts'
import type { Loading } from './use-place.ts'
import { noticeText } from './words.ts'

export function Between({ row, now }: { row: Exclude<Row, MessageRow>; now: number }) {
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
        <p class="notice" title={clock.exact((row.notices.at(-1) ?? row.notices[0]).at)}>
          {noticeText(row.notices)} <time>{clock.time((row.notices.at(-1) ?? row.notices[0]).at)}</time>
        </p>
      )
  }
}

interface TopProps {
  loading: Loading
  /** Nothing is older. */
  isBeginning: boolean
  isReady: boolean
  onAsk(): void
}

/** Its place is always there, so that nothing jumps. */
export function Top({ loading, isBeginning, isReady, onAsk }: TopProps) {
  if (loading === 'failed') {
    return (
      <p class="top">
        Older messages could not be loaded.{' '}
        <button type="button" class="link-button" onClick={onAsk}>
          Try again
        </button>
      </p>
    )
  }
  if (loading === 'paused' && !isBeginning) {
    return (
      <p class="top">
        <button type="button" class="link-button" onClick={onAsk}>
          Show older messages
        </button>
      </p>
    )
  }
  return <p class="top">{isReady && !isBeginning && 'Loading older messages…'}</p>
}
