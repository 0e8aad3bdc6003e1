/** Notifications of the browser: asked for only when a person wants them, and why there are none. */

export function whyNoNotifications(): string | null {
  if (!window.isSecureContext)
    return 'Browsers allow notifications only over HTTPS or on this very machine (localhost).'
  if (!('Notification' in window)) return 'This browser has no notifications for web pages.'
  if (Notification.permission === 'denied')
    return 'They are blocked for this page. Allow notifications in the browser’s settings for this site.'
  if (Notification.permission === 'default') return 'The browser has not been given permission yet.'
  return null
}

/** Only to be called from a click. */
export async function askForNotifications(): Promise<boolean> {
  if (!window.isSecureContext || !('Notification' in window)) return false
  return (await Notification.requestPermission()) === 'granted'
}

/** One per room; a newer one takes its place. */
export function notify(room: string, title: string, body: string, onOpen: () => void): void {
  if (whyNoNotifications() !== null) return
  try {
    const shown = new Notification(title, { body, tag: room, icon: '/icons/icon-192.png' })
    shown.onclick = () => {
      window.focus()
      onOpen()
      shown.close()
    }
  } catch {
    // Chrome on Android has notifications only for installed pages; the title and the badge still tell
  }
}
