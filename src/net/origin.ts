/** Which pages may speak to this server in a person's name. It compares exactly and guesses nothing. */

import type { Visit } from './visit.ts'

/** `null`: it may. Otherwise a sentence that says why not. */
export type Objection = string | null

/** The page of a browser says in `Origin` where it comes from; that must be here. */
export function objectToOrigin(visit: Visit, allowed: readonly string[]): Objection {
  const { origin } = visit.headers
  if (origin === undefined) return 'A cookie needs an Origin; scripts use a bearer token.'
  const own = `${visit.isSecure ? 'https' : 'http'}://${visit.host}`
  if ((visit.host !== '' && origin === own) || allowed.includes(origin)) return null
  return 'This page may not speak for you here. Behind a proxy, see --trust-proxy and --allow-origin.'
}

/** A socket with a cookie must come from our own page; with a bearer token the token alone decides. */
export function objectToSocket(visit: Visit, allowed: readonly string[]): Objection {
  return visit.by === 'bearer' ? null : objectToOrigin(visit, allowed)
}

/**
 * A request that changes something: with a bearer token, or from a script that has neither cookie nor page; a
 * page must be ours, and its content type one that no form of another site can send.
 */
export function objectToChange(visit: Visit, allowed: readonly string[]): Objection {
  const { headers } = visit
  if (visit.by === 'bearer') return null
  const site = headers['sec-fetch-site']
  const isScript = headers.origin === undefined && site === undefined && headers.cookie === undefined
  if (isScript) return null
  if (site !== undefined && site !== 'same-origin' && !allowed.includes(headers.origin ?? '')) {
    return 'Only our own page may do this.'
  }
  if (site !== 'same-origin') {
    const objection = objectToOrigin(visit, allowed)
    if (objection !== null) return objection
  }
  if (!/^application\/json\s*(;|$)/i.test(headers['content-type'] ?? '')) {
    return 'The content type must be application/json.'
  }
  return null
}
