/** What is left of a temporary message, as a ring and in words. */

import { useEffect, useState } from 'preact/hooks'
import { usePage } from './page.ts'
import { lifetime } from './times.ts'

const AROUND = 2 * Math.PI * 6

export function Ring({ from, until }: { from: number; until: number }) {
  const { chat } = usePage()
  const [now, setNow] = useState(() => chat.serverNow())
  const left = Math.max(0, until - now)
  const step = left > 120_000 ? 10_000 : 1_000
  useEffect(() => {
    const timer = setInterval(() => setNow(chat.serverNow()), step)
    return () => clearInterval(timer)
  }, [chat, step])
  const share = until > from ? Math.min(1, left / (until - from)) : 0
  return (
    <span class="ring" role="timer" aria-label={`Disappears in ${lifetime(left)}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <circle class="ring-ground" cx="8" cy="8" r="6" />
        <circle
          class="ring-left"
          cx="8"
          cy="8"
          r="6"
          stroke-dasharray={`${(AROUND * share).toFixed(2)} ${AROUND.toFixed(2)}`}
        />
      </svg>
      <span class="figures" aria-hidden="true">
        {lifetime(left)}
      </span>
    </span>
  )
}
