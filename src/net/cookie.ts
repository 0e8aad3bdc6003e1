/** The one cookie there is: its name, how it is read and how it is set. It never decodes what a client wrote. */

/** How the browser sees us. */
export interface Seat {
  isSecure: boolean
  /** Host and port as in an origin, lower case, without a default port. */
  host: string
}

/** ms. Browsers cap it at 400 days; our own absolute bound of a session is the same. */
const maxAge = 90 * 24 * 3600 * 1000

/**
 * With TLS the prefix `__Host-` lets no neighbour set it. Without, the name carries the port, because cookies ignore
 * ports and two servers on one machine would log each other's people out.
 */
export function cookieName({ isSecure, host }: Seat): string {
  if (isSecure) return '__Host-parlour'
  const port = /:(\d+)$/.exec(host)?.[1] ?? '80'
  return `parlour-${port}`
}

export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of header?.split(';') ?? []) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

export function setCookie(seat: Seat, token: string): string {
  return `${cookieName(seat)}=${token}; Max-Age=${maxAge / 1000}; ${attributes(seat)}`
}

export function clearCookie(seat: Seat): string {
  return `${cookieName(seat)}=; Max-Age=0; ${attributes(seat)}`
}

const attributes = ({ isSecure }: Seat) => `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
