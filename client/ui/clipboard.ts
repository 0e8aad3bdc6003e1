/** Copies text, also on plain HTTP in a local network, where browsers have no clipboard to offer. */

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text) // no clipboard without HTTPS, or it was refused
  }
}

function copyBySelection(text: string): boolean {
  const before = document.activeElement
  const area = document.createElement('textarea')
  area.value = text
  area.readOnly = true
  area.className = 'hidden-text'
  // Inside an open dialog, because nothing outside of it can be focused.
  const home = document.querySelector('dialog[open]') ?? document.body
  home.append(area)
  area.select()
  const isDone = document.execCommand('copy')
  area.remove()
  if (before instanceof HTMLElement) before.focus()
  return isDone
}
