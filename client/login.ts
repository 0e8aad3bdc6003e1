/** `POST /login` and `POST /logout`. It keeps nothing: the cookie or the caller does. */

import { errorCodes } from '../src/protocol.ts'
import { Refused } from './errors.ts'

export interface Login {
  /** Of the server: `http:` or `https:`. */
  url: string
  /** `null`: as whoever the cookie says, or as a new guest. */
  name: string | null
  /** Sent along, so that the person stays the same where there is no cookie. */
  token: string | null
  fetch: typeof fetch
  /** Gives up, with its reason. */
  signal: AbortSignal
}

/** The token to connect with. Rejects with `Refused`, or with whatever `fetch` rejects with. */
export async function logIn({ name, ...login }: Login): Promise<string> {
  const answer = await post('/login', login, name === null ? {} : { name })
  if (
    typeof answer !== 'object' ||
    answer === null ||
    !('token' in answer) ||
    typeof answer.token !== 'string'
  )
    throw new Error('the server answered the login without a token')
  return answer.token
}

export async function logOut(login: Omit<Login, 'name'>): Promise<void> {
  await post('/logout', login, {})
}

async function post(
  path: string,
  { url, token, fetch, signal }: Omit<Login, 'name'>,
  body: object,
): Promise<unknown> {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'content-type': 'application/json',
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
    signal,
  })
  if (response.ok) return response.status === 204 ? null : await response.json()
  throw readRefusal(await response.text(), response)
}

/** What has no code and no why is from a proxy in between, which may well say 404 while the server restarts: that passes. */
function readRefusal(text: string, { status, headers }: Response): Refused {
  let no: unknown = null
  try {
    no = JSON.parse(text)
  } catch {
    // Not ours: the status is all there is.
  }
  const code = field(no, 'code')
  const why = field(no, 'why')
  const wait = Number(headers.get('retry-after')) * 1000 || 5_000
  if (typeof code !== 'string' || typeof why !== 'string')
    return new Refused(status === 429 ? 'too_fast' : 'unavailable', `The server answered ${status}.`, wait)
  // 408: it was the network that was too slow, not the request that was wrong.
  const passes = status === 408 || status === 429 || status >= 500
  const known = errorCodes.find((one) => one === code)
  return new Refused(known ?? (passes ? 'unavailable' : 'forbidden'), why, passes ? wait : null)
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
