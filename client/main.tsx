/** Where the page begins: the client library, what is shown of it, and the browser's own events. */

import { nanoid } from 'nanoid'
import { render } from 'preact'
import { createChat } from './chat.ts'
import { idbOutbox } from './outbox-idb.ts'
import { dialBrowser } from './socket.ts'
import { App } from './ui/app.tsx'
import { watchAttention } from './ui/attention.ts'
import { lateOutbox } from './ui/late-outbox.ts'
import { createNavigation } from './ui/navigation.ts'
import { createPage } from './ui/page.ts'
import { applyPreferences } from './ui/preferences.ts'
import { watchViewport } from './ui/viewport.ts'

applyPreferences(document.documentElement)
watchViewport(document.documentElement)

const storage = lateOutbox(idbOutbox(nanoid()))
const chat = createChat({ url: location.origin, dial: dialBrowser, storage })
const page = createPage(chat)
const navigation = createNavigation(page, window)

navigation.begin()

const root = document.getElementById('parlour')
if (!root) throw new Error('index.html has no element “parlour”')
render(<App page={page} navigation={navigation} />, root)

watchAttention(page, navigation)
window.addEventListener('popstate', () => void navigation.follow())
window.addEventListener('online', () => chat.wake())
window.addEventListener('offline', () => chat.sleep())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') chat.wake()
})

// Who is not let in sees why, and how to try again.
chat.ready().then(
  () => navigation.follow(),
  () => undefined,
)
