/** Says that there is no connection, once it has lasted: until then the quiet word in the head is enough. */

import { useEffect, useState } from 'preact/hooks'
import { usePage } from './page.ts'
import { plural } from './words.ts'

/** ms without a connection before the bar comes. */
const PATIENCE = 5_000

export function ConnectionBar() {
  const page = usePage()
  const isConnected = page.status.value === 'connected'
  const [isLong, setLong] = useState(false)
  useEffect(() => {
    setLong(false)
    if (isConnected) return
    const timer = setTimeout(() => setLong(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [isConnected])
  if (isConnected || page.ended.value !== null) return <Queue />
  return isLong ? <Countdown /> : <Queue />
}

function Countdown() {
  const page = usePage()
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const retryAt = page.retryAt.value
  /** 0: a try is under way. */
  const seconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1_000))
  const waiting = page.waiting.value
  return (
    <div class="bar" aria-live="off">
      <span>
        {page.status.value === 'offline' ? 'You are offline. ' : 'No connection. '}
        {seconds > 0 ? (
          <span class="figures">Trying again in {plural(seconds, 'second', 'seconds')}. </span>
        ) : (
          'Trying… '
        )}
        {waiting > 0
          ? `${plural(waiting, 'message waits', 'messages wait')} here and will be sent once it is back.`
          : 'What you write is kept and sent once it is back.'}
      </span>
      <button type="button" class="button" onClick={() => page.chat.tryNow()}>
        Try now
      </button>
    </div>
  )
}

/** Before the bar comes, and while a long queue empties. */
function Queue() {
  const page = usePage()
  const waiting = page.waiting.value
  if (page.status.value === 'connected' ? waiting < 10 : waiting === 0) return null
  return (
    <div class="bar quiet">
      <span>{plural(waiting, 'message is', 'messages are')} waiting to be sent.</span>
    </div>
  )
}
