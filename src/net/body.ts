/** Reads the body of a request: a small JSON object, or nothing at all. It believes no length and unpacks nothing. */

import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'
import { objection } from './answer.ts'

export type Body = { kind: 'read'; fields: Record<string, unknown> } | { kind: 'refused'; answer: Answer }

/** Rejects when the peer goes away in the middle. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Body> {
  if (request.headers['content-encoding'] !== undefined) {
    return refused(415, 'The body must not be compressed.')
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > limit) return refused(413, `The body may have ${limit} bytes.`)
    chunks.push(chunk)
  }
  return parse(Buffer.concat(chunks))
}

function parse(bytes: Buffer): Body {
  if (bytes.length === 0) return { kind: 'read', fields: {} }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (isObject(value)) return { kind: 'read', fields: value }
  } catch {
    // Not UTF-8 or not JSON: said below, together with JSON that is no object.
  }
  return refused(400, 'The body must be a JSON object in UTF-8.')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function refused(status: number, why: string): Body {
  const answer = objection(status, 'bad_frame', why)
  answer.headers.connection = 'close'
  return { kind: 'refused', answer }
}
