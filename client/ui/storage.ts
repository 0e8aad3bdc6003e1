/** Small things that this browser remembers. Where it refuses to, they last as long as the page. */

const own = 'parlour.'
const memory = new Map<string, string>()

export function recall(name: string): string | null {
  try {
    return localStorage.getItem(own + name)
  } catch {
    return memory.get(name) ?? null // storage is forbidden here
  }
}

/** `null` forgets it. */
export function remember(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(own + name)
    else localStorage.setItem(own + name, value)
  } catch {
    // forbidden or full
    if (value === null) memory.delete(name)
    else memory.set(name, value)
  }
}

/** Names that are remembered and begin like this. */
export function remembered(prefix: string): string[] {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(own + prefix))
      .map((key) => key.slice(own.length))
  } catch {
    return [...memory.keys()].filter((name) => name.startsWith(prefix))
  }
}
