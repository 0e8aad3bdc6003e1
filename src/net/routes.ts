/** The table of HTTP routes, and how a request finds its row. What a row does stands elsewhere. */

import type { IncomingMessage } from 'node:http'
import type { Figure } from '../engine/ports.ts'
import type { Answer } from './answer.ts'
import { json, objection } from './answer.ts'
import { readBody } from './body.ts'
import type { LoginParts } from './login.ts'
import { login, logout } from './login.ts'
import { metrics } from './metrics.ts'
import type { About, Condition } from './ops.ts'
import { health, readiness } from './ops.ts'
import { objectToChange } from './origin.ts'
import type { House } from './ports.ts'
import type { NetSettings } from './settings.ts'
import type { Assets } from './static.ts'
import { serve } from './static.ts'
import type { Visit } from './visit.ts'

export interface RouteParts extends LoginParts {
  settings: NetSettings
  about: About
  assets: Assets
  condition: () => Condition
  figures: () => Figure[]
  /** `null` while it is not open. */
  house: () => House | null
}

type Read = (visit: Visit, parts: RouteParts) => Answer
type Change = (
  visit: Visit,
  body: Record<string, unknown>,
  house: House,
  parts: RouteParts,
) => Promise<Answer>

/** Who may: anyone reads; a change is for our own page, for the holder of a token, and for scripts without a cookie. */
export interface Route {
  path: string
  get?: Read
  post?: Change
}

export const routes: readonly Route[] = [
  { path: '/login', post: login },
  { path: '/logout', post: logout },
  { path: '/healthz', get: (_visit, { about }) => health(about) },
  { path: '/readyz', get: (_visit, { condition }) => readiness(condition()) },
  { path: '/metrics', get: (visit, { settings, figures }) => metrics(visit, settings.metrics, figures) },
  { path: '/ws', get: () => upgradeRequired },
]

const upgradeRequired = json(
  426,
  { code: 'bad_method', why: 'This is a WebSocket.' },
  { upgrade: 'websocket', connection: 'upgrade' },
)

export async function route(request: IncomingMessage, visit: Visit, parts: RouteParts): Promise<Answer> {
  const isRead = visit.method === 'GET' || visit.method === 'HEAD'
  const row = routes.find(({ path }) => path === visit.path)
  if (row?.get !== undefined && isRead) return row.get(visit, parts)
  if (row?.post !== undefined && visit.method === 'POST') return change(request, visit, row.post, parts)
  if (row !== undefined) return badMethod(row.get === undefined ? 'POST' : 'GET, HEAD')
  const file = serve(parts.assets, visit)
  if (file === null) return objection(404, 'not_found', 'There is nothing here.')
  return isRead ? file : badMethod('GET, HEAD')
}

async function change(
  request: IncomingMessage,
  visit: Visit,
  handle: Change,
  parts: RouteParts,
): Promise<Answer> {
  const house = parts.house()
  if (house === null) return objection(503, 'unavailable', 'The server is not open just now.', 2000)
  const foreign = objectToChange(visit, parts.settings.allowOrigin)
  if (foreign !== null) return objection(403, 'forbidden', foreign)
  const body = await readBody(request, parts.settings.httpBody)
  return body.kind === 'refused' ? body.answer : handle(visit, body.fields, house, parts)
}

function badMethod(allow: string): Answer {
  return json(405, { code: 'bad_method', why: `Only ${allow} here.` }, { allow })
}
