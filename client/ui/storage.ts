/** Small things that this browser remembers. Where it refuses to, they last as long as the page. */

const own = 'parlour.'
/** What the browser refused to remember: newer than what it has. */
const memory = new Map<string, string>()

export function recall(name: string): string | null {
  const kept = memory.get(name)
  if (kept !== undefined) return kept
  try {
    return localStorage.getItem(own + name)
  } catch {
    return null // storage is forbidden here
  }
}

/** `null` forgets it. */
export function remember(name: string, value: string | null): void {
  memory.delete(name)
  try {
    if (value === null) localStorage.removeItem(own + name)
    else localStorage.setItem(own + name, value)
  } catch {
    // forbidden or full
    if (value !== null) memory.set(name, value)
  }
}

/** Names that are remembered and begin like this. */
export function remembered(prefix: string): string[] {
  const names = [...stored(), ...memory.keys()].filter((name) => name.startsWith(prefix))
  return [...new Set(names)]
}

function stored(): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(own))
      .map((key) => key.slice(own.length))
  } catch {
    return []
  }
}
