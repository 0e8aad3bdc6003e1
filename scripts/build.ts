/** `npm run build`: bundles the page into `dist/`, with hashed names and compressed beforehand. It never starts anything. */

import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, relative } from 'node:path'
import { brotliCompressSync, gzipSync, constants as zlib } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
/** The build that the folder holds; not served, because it has no type. */
const stamp = join(dist, '.inputs')
/** Bytes, gzipped, that the page's one script may have. */
const mostBytes = 60_000

if (import.meta.main) process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== '--if-changed')
  if (unknown !== undefined) {
    console.error(`build: unknown flag ${unknown}; the only one is --if-changed`)
    return 2
  }
  const inputs = hashOfInputs()
  if (args.length > 0 && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return 0

  // Built beside and moved at the end, so that a failing build leaves the last good page.
  const fresh = `${dist}.${process.pid}`
  try {
    const size = await build(join(root, 'client'), fresh)
    console.log(`build: the page's script has ${size} bytes gzipped, of ${mostBytes} allowed`)
    if (size > mostBytes) {
      console.error('build: that is too much')
      return 1
    }
    writeFileSync(join(fresh, basename(stamp)), inputs)
    rmSync(dist, { recursive: true, force: true })
    renameSync(fresh, dist)
    return 0
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

/** Makes the page of a client folder; answers the gzipped bytes of its script. */
export async function build(client: string, to: string): Promise<number> {
  const names = await bundle(client, to)
  const page = names.reduce(
    (html, [source, built]) => {
      return html.replaceAll(new RegExp(`(["'])\\.?/?${source.replace('.', '\\.')}\\1`, 'g'), `"/${built}"`)
    },
    readFileSync(join(client, 'index.html'), 'utf8'),
  )
  for (const [source, built] of names) {
    if (!page.includes(built)) throw new Error(`index.html does not name ${source}`)
  }
  writeFileSync(join(to, 'index.html'), page)
  for (const file of globSync('{icons/**/*,*}.{svg,png,ico,webmanifest,mp3,txt}', { cwd: client })) {
    cpSync(join(client, file), join(to, file))
  }
  for (const file of globSync('**/*.{html,js,css,svg,webmanifest,json,txt}', { cwd: to }))
    compress(join(to, file))
  const script = names.find(([, built]) => built.endsWith('.js'))?.[1] ?? ''
  return readFileSync(join(to, `${script}.gz`)).length
}

/** Each entry with the name of what became of it. */
async function bundle(client: string, to: string): Promise<[source: string, built: string][]> {
  // Loaded only when there is something to build: it doubles the time that a start takes.
  const esbuild = await import('esbuild')
  mkdirSync(to, { recursive: true })
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['main.tsx', 'style.css'].map((name) => join(client, name)),
    outdir: join(to, 'assets'),
    entryNames: '[name]-[hash]',
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    metafile: true,
    logLevel: 'warning',
  })
  return Object.entries(metafile.outputs).flatMap(([output, { entryPoint }]) => {
    if (entryPoint === undefined)
      throw new Error(`one script and one style are wanted, but there is ${output}`)
    return [[basename(entryPoint), relative(to, join(root, output)).replaceAll('\\', '/')]]
  })
}

function compress(file: string): void {
  const plain = readFileSync(file)
  const params = { [zlib.BROTLI_PARAM_QUALITY]: 11, [zlib.BROTLI_PARAM_SIZE_HINT]: plain.length }
  writeFileSync(`${file}.gz`, gzipSync(plain, { level: 9 }))
  writeFileSync(`${file}.br`, brotliCompressSync(plain, { params }))
}

/** Of everything that the page is made of. */
function hashOfInputs(): string {
  const files = globSync(
    ['client/**/*', 'src/state/**/*', 'src/*.ts', 'scripts/build.ts', 'package-lock.json'],
    {
      cwd: root,
      withFileTypes: true,
    },
  )
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  const hash = createHash('sha256')
  for (const path of paths.sort()) {
    hash.update(`${relative(root, path)}\0`)
    hash.update(readFileSync(path)).update('\0')
  }
  return hash.digest('hex')
}
