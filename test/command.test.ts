import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { on, once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { program } from '../scripts/program.ts'
import type { Config } from '../src/config.ts'
import { runCommand, spawnServer, startServer, tempFolder } from './support/server.ts'
import { join as joinAs, login } from './support/socket.ts'

/** A port that somebody else has. */
async function takenPort(test: TestContext): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  test.after(() => server.close())
  const address = server.address()
  assert.ok(typeof address === 'object' && address !== null)
  return address.port
}

/** One line, starting with our name, and nothing on the other side. */
function assertOneLine(stderr: string, why: RegExp): void {
  assert.match(stderr, /^parlour: [^\n]+\n$/)
  assert.match(stderr, why)
}

test('[O3] --help and --version print and end with 0', async () => {
  const help = await runCommand(['--help'])
  assert.deepEqual([help.code, help.stderr], [0, ''])
  assert.match(help.stdout, /--temp-ttl TIME/)
  const version = await runCommand(['--version'])
  const { version: expected } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  assert.deepEqual([version.code, version.stdout], [0, `${expected}\n`])
})

test('[O3] an unknown flag or a bad value is one line and exit 2', async () => {
  for (const args of [['--nonsense'], ['--port', 'x'], ['--temp-ttl', '10'], ['--config', '/nowhere']]) {
    const { code, stderr, stdout } = await runCommand(args)
    assert.deepEqual([code, stdout], [2, ''], args.join(' '))
    assertOneLine(stderr, /./)
  }
})

test('[O2] a port that was chosen and is taken is one line and exit 1', async (t) => {
  const port = await takenPort(t)
  const data = join(tempFolder(t), 'data')
  const { code, stderr } = await runCommand(['--port', String(port), '--data', data])
  assert.equal(code, 1)
  assertOneLine(stderr, new RegExp(`port ${port} is in use`))
  assert.equal(existsSync(data), false, 'nothing was written')
})

test('[O2] a port that nobody chose and that is taken gives way to the next free one', async (t) => {
  const port = await takenPort(t)
  const adjust = (config: Config) => ({ ...config, host: null, port, isPortChosen: false })
  const server = await startServer({ test: t, adjust })
  assert.ok(server.port > port && server.port <= port + 100)
  assert.deepEqual(server.log.of('port_in_use')[0]?.fields, { port, next: port + 1 })
})

test('a folder that cannot be written is one line and exit 1', async (t) => {
  const folder = tempFolder(t)
  writeFileSync(join(folder, 'file'), 'mine')
  for (const data of [join(folder, 'file'), join(folder, 'file', 'deeper')]) {
    const { code, stderr } = await runCommand(['--port', '0', '--data', data])
    assert.equal(code, 1)
    assertOneLine(stderr, /file/)
  }
  assert.equal(readFileSync(join(folder, 'file'), 'utf8'), 'mine')
})

test('a second server on the same folder is one line and exit 1, and the first goes on', async (t) => {
  const data = tempFolder(t)
  const first = await spawnServer({ data, test: t })
  const ada = await joinAs(first, 'ada')
  const { code, stderr } = await runCommand(['--port', '0', '--data', data])
  assert.equal(code, 1)
  assertOneLine(stderr, /another server/)
  await ada.socket.ask({ t: 'beat' })
  assert.equal(await first.kill('SIGTERM'), 0)
})

test('a damaged database is one line and exit 1, and stays as it is', async (t) => {
  const data = tempFolder(t)
  const file = join(data, 'parlour.db')
  const rubbish = Buffer.alloc(100_000, 'rubbish ')
  writeFileSync(file, rubbish)
  const { code, stderr } = await runCommand(['--port', '0', '--data', data])
  assert.equal(code, 1)
  assertOneLine(stderr, /damaged|not a database/)
  assert.deepEqual(readFileSync(file), rubbish)
})

test('a log file that cannot be opened is one line and exit 1', async (t) => {
  const { code, stderr } = await runCommand(['--memory', '--port', '0', '--log', tempFolder(t)])
  assert.equal(code, 1)
  assertOneLine(stderr, /log/)
})

test('a task whose reader goes away ends with its exit code and without a stack', async (t) => {
  const data = tempFolder(t)
  const child = spawn(process.execPath, [...program, 'check', '--data', data], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  child.stdout.destroy()
  assert.equal(await text(child.stderr), '')
  await closed
  assert.equal(child.exitCode, 1, 'there is no database to check')
})

test('an address that is not ours is one line and exit 1', async () => {
  const { code, stderr } = await runCommand(['--memory', '--port', '0', '--host', '192.0.2.254'])
  assert.equal(code, 1)
  assertOneLine(stderr, /192\.0\.2\.254/)
})

test('[R30] SIGTERM and SIGINT end it with 0, also before anybody came', async (t) => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    const server = await spawnServer({ test: t })
    assert.equal(await server.kill(signal), 0)
    assert.equal(server.lines.at(-1)?.event, 'stopped')
  }
})

test('[O4] the log is JSON when nobody sits there, and says where the chat is', async (t) => {
  const server = await spawnServer({ test: t })
  const line = server.lines.find(({ event }) => event === 'listening')
  assert.equal(line?.port, server.port)
  assert.ok(Array.isArray(line?.urls) && line.urls.includes(`http://localhost:${server.port}`))
  await server.kill('SIGKILL')
})

test('[O4] the log goes to a file when one is named, and no token into either', async (t) => {
  const folder = tempFolder(t)
  const log = join(folder, 'parlour.log')
  const server = await spawnServer({ data: join(folder, 'data'), flags: ['--log-level', 'info'], test: t })
  const { token } = await login(server)
  await server.kill('SIGTERM')
  assert.ok(!JSON.stringify(server.lines).includes(token))
  const watcher = watch(folder)
  t.after(() => watcher.close())
  const changes = on(watcher, 'change')
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../src/main.ts'), '--memory', '--port', '0', '--log', log],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  t.after(() => child.kill('SIGKILL'))
  const written = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  while (!written().includes('listening')) await changes.next()
  child.kill('SIGTERM')
  await once(child, 'exit')
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  assert.equal(JSON.parse(lines.at(-1) ?? '').event, 'stopped')
})

test('[R2] synchronous=normal is a warning at the start and stands in healthz', async (t) => {
  const server = await spawnServer({ flags: ['--synchronous', 'normal'], test: t })
  assert.ok(server.lines.some(({ event, level }) => event === 'synchronous_normal' && level === 'warn'))
  const health = await (await fetch(`${server.url}/healthz`)).json()
  assert.equal(health.synchronous, 'normal')
  await server.kill('SIGKILL')
})

test('--memory leaves nothing on disk', async (t) => {
  const folder = tempFolder(t)
  const inside = join(folder, 'here')
  mkdirSync(inside)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../src/main.ts'), '--memory', '--port', '0'],
    { cwd: inside, stdio: ['ignore', 'pipe', 'ignore'] },
  )
  t.after(() => child.kill('SIGKILL'))
  for await (const chunk of child.stdout) if (String(chunk).includes('listening')) break
  child.kill('SIGTERM')
  await once(child, 'exit')
  assert.deepEqual(readdirSync(inside), [])
})

test('an older Node is told which one is needed, in one line', async () => {
  const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`
  const preload = ['--import', `data:text/javascript,${encodeURIComponent(older)}`]
  const child = spawn(process.execPath, [...preload, ...program, '--version'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const said = await text(child.stderr)
  assert.equal(
    said,
    'parlour: this is Node 20.1.0, and 26 is needed; npm start and npx parlour bring it along\n',
  )
  await closed
  assert.equal(child.exitCode, 1)
})
