/** `POST /login` and `POST /logout`. It keeps nothing: the cookie or the caller does. */

import type { ErrorCode } from '../src/protocol.ts'
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
  /** Gives up. */
  signal?: AbortSignal | null
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
    signal: signal ?? null,
  })
  if (response.ok) return response.status === 204 ? null : await response.json()
  throw readRefusal(await response.text(), response)
}

/** A proxy in between may answer something else than the server would: then the status decides. */
function readRefusal(text: string, { status, headers }: Response): Refused {
  const wait = Number(headers.get('retry-after')) * 1000 || null
  // 408: it was the network that was too slow, not the request that was wrong.
  const retry = status === 408 || status === 429 || status >= 500 ? (wait ?? 5_000) : null
  let no: unknown = null
  try {
    no = JSON.parse(text)
  } catch {
    // Not ours: the status is all there is.
  }
  const why = field(no, 'why')
  const code = errorCodes.find((known) => known === field(no, 'code')) ?? codeOf(status)
  return new Refused(code, typeof why === 'string' ? why : `The server answered ${status}.`, retry)
}

function codeOf(status: number): ErrorCode {
  if (status === 429) return 'too_fast'
  return status >= 500 ? 'unavailable' : 'forbidden'
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
