/** The page and its files, from memory and compressed beforehand. It never touches the disk after the start. */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, sep } from 'node:path'
import type { Answer } from './answer.ts'
import { objection } from './answer.ts'
import type { Visit } from './visit.ts'

interface Asset {
  type: string
  /** Its name holds its hash, so it may be kept for ever. */
  isHashed: boolean
  hash: string
  plain: Buffer
  /** As the build left them beside it, the best first. */
  coded: { coding: string; body: Buffer }[]
}

export type Assets = ReadonlyMap<string, Asset>

const suffixes = { br: '.br', gzip: '.gz' }

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
  '.json': 'application/json',
  '.txt': 'text/plain; charset=utf-8',
  '.mp3': 'audio/mpeg',
}

/** All files of a folder by their path; none when there is no such folder. */
export function readAssets(folder: string): Assets {
  const files = new Set(list(folder))
  const coded = (name: string) =>
    Object.entries(suffixes)
      .filter(([, suffix]) => files.has(name + suffix))
      .map(([coding, suffix]) => ({ coding, body: readFileSync(join(folder, name + suffix)) }))
  const assets = new Map<string, Asset>()
  for (const name of files) {
    const type = types[extname(name)]
    if (type === undefined) continue
    const plain = readFileSync(join(folder, name))
    assets.set(`/${name.split(sep).join('/')}`, {
      type,
      isHashed: /-[\w-]{8}\.\w+$/.test(name),
      hash: createHash('sha256').update(plain).digest('base64url').slice(0, 22),
      plain,
      coded: coded(name),
    })
  }
  return assets
}

/** The file at this path; the page itself for `/` and for a link into a room; `null` when there is none. */
export function serve(assets: Assets, visit: Visit): Answer | null {
  const isPage = visit.path === '/' || /^\/r\/[^/]{1,64}$/.test(visit.path ?? '')
  const asset = assets.get(isPage ? '/index.html' : (visit.path ?? ''))
  if (asset === undefined) {
    return isPage ? objection(503, 'unavailable', 'The page is not built yet: npm run build.') : null
  }
  const coded = asset.coded.find(({ coding }) => accepts(visit.headers['accept-encoding'], coding))
  // Bytes that differ have tags that differ, or a cache would give one for the other.
  const etag = coded === undefined ? `"${asset.hash}"` : `"${asset.hash}-${coded.coding}"`
  const headers = {
    'content-type': asset.type,
    'cache-control': asset.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag,
    vary: 'accept-encoding',
  }
  if (matches(visit.headers['if-none-match'], etag)) return { status: 304, headers, body: '' }
  if (coded === undefined) return { status: 200, headers, body: asset.plain }
  return { status: 200, headers: { ...headers, 'content-encoding': coded.coding }, body: coded.body }
}

/** `*`, or a list with this tag; a weak one, such as a proxy makes of ours, is as good. */
function matches(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return tags.includes(etag) || tags.includes('*')
}

function accepts(header: string | string[] | undefined, coding: string): boolean {
  const codings = String(header ?? '').split(',')
  return codings.some((entry) => {
    const [name = '', ...params] = entry.split(';').map((part) => part.trim().toLowerCase())
    return name === coding && !params.some((param) => /^q=0(\.0*)?$/.test(param))
  })
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}
