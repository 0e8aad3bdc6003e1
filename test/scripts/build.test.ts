import assert from 'node:assert/strict'
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { build } from '../../scripts/build.ts'
import { tempFolder } from '../support/server.ts'

const root = join(import.meta.dirname, '..', '..')

/** A small page; beside the real one, so that it finds the packages. */
function client(test: TestContext, script: string): string {
  const folder = mkdtempSync(join(root, 'node_modules', '.page-'))
  test.after(() => rmSync(folder, { recursive: true, force: true }))
  mkdirSync(join(folder, 'icons'))
  writeFileSync(join(folder, 'main.tsx'), script)
  writeFileSync(join(folder, 'style.css'), ':root { --ink: #211c17 }')
  writeFileSync(join(folder, 'icons', 'icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>')
  writeFileSync(
    join(folder, 'index.html'),
    '<link href="style.css"><script type="module" src="main.tsx"></script>',
  )
  return folder
}

const hello = 'import { render } from "preact"\nrender(<p>hello</p>, document.body)'

test('the page names its one script and style by their hashes', async (t) => {
  const to = tempFolder(t)
  await build(client(t, hello), to)
  const page = readFileSync(join(to, 'index.html'), 'utf8')
  assert.match(
    page,
    /^<link href="\/assets\/style-\w{8}\.css"><script type="module" src="\/assets\/main-\w{8}\.js"><\/script>$/,
  )
  const [script, ...others] = globSync('assets/*.js', { cwd: to })
  assert.deepEqual(others, [])
  assert.ok(page.includes(`/${script}`))
})

test('everything is there compressed too, and is the same', async (t) => {
  const to = tempFolder(t)
  const size = await build(client(t, hello), to)
  const files = globSync('**/*.{html,js,css,svg}', { cwd: to })
  assert.equal(files.length, 4)
  for (const file of files) {
    const plain = readFileSync(join(to, file))
    assert.deepEqual(gunzipSync(readFileSync(join(to, `${file}.gz`))), plain)
    assert.deepEqual(brotliDecompressSync(readFileSync(join(to, `${file}.br`))), plain)
  }
  assert.equal(size, readFileSync(join(to, `${files.find((file) => file.endsWith('.js'))}.gz`)).length)
})

test('the same source gives the same names; what changes gets another', async (t) => {
  const folder = client(t, hello)
  const names = async (script: string) => {
    const to = tempFolder(t)
    writeFileSync(join(folder, 'main.tsx'), script)
    await build(folder, to)
    return globSync('assets/*.{js,css}', { cwd: to }).sort()
  }
  const [first, second, other] = [await names(hello), await names(hello), await names(`${hello}\nalert(1)`)]
  assert.deepEqual(first, second)
  const [script, style] = [0, 1]
  assert.notEqual(other[script], first[script])
  assert.equal(other[style], first[style])
})
