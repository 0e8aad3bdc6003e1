/** Keeps the page above the keyboard of a phone whose browser lays the keyboard over the page (iOS). */

/** A keyboard is at least so high; px. Less is a toolbar that comes and goes. */
const KEYBOARD = 120

export function watchViewport(root: HTMLElement): void {
  const seen = window.visualViewport
  if (!seen) return
  const fit = () => {
    const isCovered = seen.scale === 1 && window.innerHeight - seen.height > KEYBOARD
    if (isCovered) {
      root.style.setProperty('--seen', `${seen.height}px`)
      window.scrollTo(0, 0)
    } else root.style.removeProperty('--seen')
  }
  seen.addEventListener('resize', fit)
}
