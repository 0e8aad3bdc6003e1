/** `POST /login` and `POST /logout`. It keeps nothing: the cookie or the caller does. */

import { errorCodes } from '../src/protocol.ts'
import { Lost, Refused } from './errors.ts'

export interface Login {
  /** Of the server: `http:` or `https:`. */
  url: string
  /** `null`: as whoever the cookie says, or as a new guest. */
  name: string | null
  /** Sent along, so that the person stays the same where there is no cookie. */
  token: string | null
  fetch: typeof fetch
  /** Gives up. */
  signal: AbortSignal
}

/** Who somebody is from now on, and the token to connect with. */
export interface LoggedIn {
  person: string
  token: string
}

/** Rejects with `Refused`, `Lost`, or whatever `fetch` rejects with. */
export async function logIn({ name, ...login }: Login): Promise<LoggedIn> {
  const answer = await post('/login', login, name === null ? {} : { name })
  const token = field(answer, 'token')
  const person = field(field(answer, 'user'), 'id')
  if (typeof token !== 'string' || typeof person !== 'string')
    throw new Lost('The server answered the log-in without a token.', true)
  return { person, token }
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
  const answer = parse(await response.text())
  if (!response.ok || answer === null) throw readRefusal(answer, response)
  return answer
}

/** ms: how long it waits where nobody says, and at most where somebody does. */
const WAIT = 5_000
const MOST = 60_000

/**
 * What has no code and no why is from a proxy in between, which may well say 404 while the server restarts: that is as
 * good as no answer, unless it says when to come back.
 */
function readRefusal(no: unknown, { status, headers }: Response): Refused | Lost {
  const code = field(no, 'code')
  const why = field(no, 'why')
  const after = Number(headers.get('retry-after')) * 1000
  const wait = after > 0 ? Math.min(after, MOST) : null
  if (typeof code !== 'string' || typeof why !== 'string') {
    const said = `The server answered ${status}.`
    return wait === null ? new Lost(said, true) : new Refused('unavailable', said, wait)
  }
  // 408: it was the network that was too slow, not the request that was wrong.
  const passes = status === 408 || status === 429 || status >= 500
  const known = errorCodes.find((one) => one === code)
  return new Refused(known ?? (passes ? 'unavailable' : 'forbidden'), why, passes ? (wait ?? WAIT) : null)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
