/** What an HTTP request is answered: always with the headers that keep a browser from doing more than it should. */

import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { ErrorCode } from '../protocol.ts'
import { STATUS_CODES } from './http.ts'

export interface Answer {
  status: number
  headers: OutgoingHttpHeaders
  body: string | Uint8Array
}

/** `unauthorized` and `bad_method` exist in HTTP only. */
export type HttpCode = ErrorCode | 'unauthorized' | 'bad_method'

/** No script but our own files, no style attribute, no frame around us, no form to elsewhere, nothing from outside. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const always: OutgoingHttpHeaders = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

export function json(status: number, value: unknown, headers: OutgoingHttpHeaders = {}): Answer {
  const type = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { status, headers: { ...type, ...headers }, body: JSON.stringify(value) }
}

/** An error: a stable code, and a sentence for a person that gives nothing away. `retry` in ms. */
export function objection(status: number, code: HttpCode, why: string, retry: number | null = null): Answer {
  const later = retry === null ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retry / 1000))) }
  return json(status, { code, why }, later)
}

export function send(response: ServerResponse, answer: Answer, isHead: boolean): void {
  // The peer may have gone while we thought.
  if (response.destroyed || response.headersSent) return
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  // What was not modified is not empty.
  const length = answer.status === 304 ? {} : { 'content-length': body.length }
  response.writeHead(answer.status, { ...always, ...answer.headers, ...length })
  response.end(isHead ? undefined : body)
}

/** The same on a bare socket, which has no more to say afterwards. */
export function turnAway(socket: Duplex, answer: Answer): void {
  if (!socket.writable) return void socket.destroy()
  const body = Buffer.from(answer.body)
  const headers = { ...always, ...answer.headers, 'content-length': body.length, connection: 'close' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.once('finish', () => socket.destroy())
  socket.write(`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}\r\n${lines.join('')}\r\n`)
  socket.end(body)
}
