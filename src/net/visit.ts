/** What a request says of where it comes from and who sends it. It believes a proxy only when told to. */

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { addressOf, type Trust } from './address.ts'
import type { Seat } from './cookie.ts'
import { cookieName, readCookie } from './cookie.ts'

export interface Visit extends Seat {
  method: string
  /** Without the query; `null` when the target is none of ours. */
  path: string | null
  /** Canonical. */
  address: string
  headers: IncomingHttpHeaders
  /** As far as it could be one. A bearer token goes before a cookie. */
  token: string | null
  by: 'bearer' | 'cookie' | null
}

const tokenShape = /^[\w-]{43}$/

export function readVisit(request: IncomingMessage, trust: Trust): Visit {
  const { headers, socket } = request
  const isProxied = trust(socket.remoteAddress?.replace(/^::ffff:/i, '') ?? '')
  const isSecure = isProxied && first(headers['x-forwarded-proto']) === 'https'
  const named = (isProxied ? first(headers['x-forwarded-host']) : null) ?? headers.host ?? ''
  const seat = { isSecure, host: normalHost(named, isSecure) }

  const bearer = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  const cookie = readCookie(headers.cookie, cookieName(seat))
  const token = bearer ?? cookie
  return {
    ...seat,
    method: request.method ?? '',
    path: pathOf(request.url ?? ''),
    address: addressOf(socket.remoteAddress, joined(headers['x-forwarded-for']), trust),
    headers,
    token: token !== null && tokenShape.test(token) ? token : null,
    by: bearer !== undefined ? 'bearer' : cookie !== null ? 'cookie' : null,
  }
}

/** `/a?b` and `http://host/a?b` give `/a`. */
export function pathOf(target: string): string | null {
  const local = /^https?:\/\/[^/?#]+(.*)$/i.exec(target)?.[1] ?? target
  const path = local.replace(/[?#].*$/s, '')
  if (path === '') return local === target ? null : '/'
  return path.startsWith('/') ? path : null
}

/** As a browser writes it in an origin: lower case, no default port. */
function normalHost(host: string, isSecure: boolean): string {
  return host.toLowerCase().replace(isSecure ? /:443$/ : /:80$/, '')
}

function first(header: string | string[] | undefined): string | null {
  const value = joined(header)?.split(',')[0]?.trim()
  return value === undefined || value === '' ? null : value
}

const joined = (header: string | string[] | undefined) => (Array.isArray(header) ? header.join(',') : header)
