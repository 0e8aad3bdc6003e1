/** `POST /login` and `POST /logout`: a person is made or met again, and leaves. It knows no password. */

import type { ErrorCode } from '../protocol.ts'
import type { Limit } from '../state/limit.ts'
import type { Answer } from './answer.ts'
import { json, objection } from './answer.ts'
import type { Connections } from './connections.ts'
import { clearCookie, setCookie } from './cookie.ts'
import type { House } from './ports.ts'
import type { Visit } from './visit.ts'

export interface LoginParts {
  connections: Connections
  /** By address. */
  logins: Limit
}

/**
 * `{}`: a guest with a random name, or whoever one already is. `{"name"}`: a guest of this name, or a new name for
 * whoever one already is. Answers `{"user":{"id","name"},"token"}` and sets the cookie; 401 for a bearer token that
 * is not known, 409 `taken`, 429 `too_fast`.
 */
export async function login(
  visit: Visit,
  body: Record<string, unknown>,
  house: House,
  parts: LoginParts,
): Promise<Answer> {
  const { name } = body
  if (name !== undefined && typeof name !== 'string') {
    return objection(400, 'bad_frame', 'name: a text is wanted')
  }
  const known = visit.token === null ? null : await house.sessions.recognise(visit.token)
  // A cookie of long ago is replaced by another guest's; who shows a token means to be somebody.
  if (known === null && visit.by === 'bearer') {
    return objection(401, 'unauthorized', 'This token is not, or no longer, known here.')
  }
  if (known === null || name !== undefined) {
    const wait = parts.logins.take(visit.address)
    if (wait > 0) return objection(429, 'too_fast', 'Too many log-ins from your network.', wait)
  }

  const ticket = known ?? (await house.guests.welcome())
  const named = await house.engine.introduce(ticket.user, name ?? null)
  if ('kind' in named) {
    if (known === null) await house.guests.dismiss(ticket)
    return objection(statusOf(named.code), named.code, named.why, named.retry)
  }
  // Only now, because who does not get the name never sees the new token.
  const { token } = known === null ? ticket : await house.sessions.renew(known)
  const user = { id: ticket.user, name: named.name }
  return json(200, { user, token }, { 'set-cookie': setCookie(visit, token) })
}

/** Harmless without a session. All sessions of the person end, and their sockets are closed. */
export async function logout(
  visit: Visit,
  _body: unknown,
  house: House,
  { connections }: LoginParts,
): Promise<Answer> {
  const known = visit.token === null ? null : await house.sessions.recognise(visit.token)
  if (known !== null) {
    await house.sessions.end(known)
    connections.endPerson(known.user)
  }
  return json(200, {}, { 'set-cookie': clearCookie(visit) })
}

function statusOf(code: ErrorCode): number {
  if (code === 'taken' || code === 'conflict') return 409
  if (code === 'too_fast') return 429
  if (code === 'busy' || code === 'unavailable') return 503
  if (code === 'internal') return 500
  return 400
}
