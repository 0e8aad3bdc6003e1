import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { TestContext } from 'node:test'
import { test } from 'node:test'
import { allOptions } from '../src/config/options.ts'
import type { Config } from '../src/config.ts'
import { helpText, readConfig } from '../src/config.ts'
import { tempFolder } from './support/server.ts'

function config(argv: string[], env: NodeJS.ProcessEnv = {}): Config {
  const wish = readConfig(argv, env)
  assert.equal(wish.kind, 'run', JSON.stringify(wish))
  return wish.config
}

function complaint(argv: string[], env: NodeJS.ProcessEnv = {}): string {
  const wish = readConfig(argv, env)
  assert.equal(wish.kind, 'wrong')
  return wish.why
}

function file(test: TestContext, content: unknown): string {
  const path = join(tempFolder(test), 'parlour.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

test('[O3] without a word everything has its default', () => {
  const it = config([])
  assert.deepEqual([it.port, it.isPortChosen, it.host, it.synchronous], [8080, false, null, 'full'])
  assert.equal(it.data, resolve('data'))
  assert.deepEqual([it.engine.ttl, it.engine.sweepEvery, it.engine.vanishGrace], [10_000, 1000, 60_000])
  assert.deepEqual(it.engine.rate?.person, { burst: 10, perSecond: 2 })
  assert.deepEqual([it.net.connectionsPerAddress, it.net.connectionsPerPerson], [2000, 50])
  assert.deepEqual([it.net.trustProxy, it.net.allowOrigin], ['loopback', []])
  assert.deepEqual(it.log, { to: 'stdout', level: 'info', format: null })
})

test('[O3] a flag goes over the environment, that over the file, that over the default', (t) => {
  const path = file(t, { port: 1, 'temp-ttl': '1m', memory: true })
  assert.deepEqual(ports(['--config', path]), 1)
  assert.deepEqual(ports(['--config', path], { PORT: '2' }), 2)
  assert.deepEqual(ports(['--config', path], { PORT: '2', PARLOUR_PORT: '3' }), 3)
  assert.deepEqual(ports(['--config', path, '-p', '4'], { PORT: '2', PARLOUR_PORT: '3' }), 4)
  const it = config([], { PARLOUR_CONFIG: path })
  assert.deepEqual([it.engine.ttl, it.data, it.isPortChosen], [60_000, null, true])
})

test('every setting can be written in all three places', (t) => {
  const samples: Record<string, string> = {
    port: '81',
    host: '::1',
    data: '/tmp/x',
    memory: 'true',
    'temp-ttl': '5s',
    sweep: '2s',
    'vanish-grace': '5m',
    'forget-guests': '7d',
    'rate-limit': '20/4.5',
    'trust-proxy': '10.0.0.1,10.1.0.0/16,2001:db8::/32',
    'allow-origin': 'https://a.example,http://b.example:81',
    metrics: 'off',
    'connections-per-address': '7',
    'connections-per-person': '8',
    synchronous: 'normal',
    log: '/tmp/log',
    'log-level': 'warn',
    'log-format': 'json',
  }
  assert.deepEqual(Object.keys(samples).sort(), allOptions.map(({ name }) => name).sort())
  const plain = config([])
  for (const [name, value] of Object.entries(samples)) {
    const byFlag = config([value === 'true' ? `--${name}` : `--${name}=${value}`])
    const byEnvironment = config([], { [`PARLOUR_${name.toUpperCase().replaceAll('-', '_')}`]: value })
    const byFile = config(['--config', file(t, { [name]: value })])
    assert.notDeepEqual(byFlag, plain, name)
    assert.deepEqual(byEnvironment, byFlag, name)
    assert.deepEqual(byFile, byFlag, name)
  }
})

test('a rate of messages is not undone by the other rates, and off is off for all', () => {
  const { engine, net } = config(['--rate-limit', '9000/3000'])
  const rates = [engine.rate?.person, engine.rate?.address, engine.rate?.light, engine.rate?.lightByAddress]
  for (const rate of [...rates, net.messages, net.texts])
    assert.deepEqual(rate, { burst: 9000, perSecond: 3000 })
  const off = config(['--rate-limit', 'off'])
  const all = [off.engine.rate, off.net.logins, off.net.upgrades, off.net.messages, off.net.texts]
  assert.deepEqual(all, [null, null, null, null, null])
})

test('[R27] what the engine refuses with words is not yet a flood to the network', () => {
  const { engine, net } = config([])
  assert.ok(net.messages && engine.rate)
  assert.ok(
    net.messages.burst > engine.rate.light.burst && net.messages.perSecond > engine.rate.light.perSecond,
  )
  // A burst that is refused is all heard, so that it is refused.
  const { texts } = net
  const { lightByAddress } = engine.rate
  assert.ok(texts && texts.burst >= lightByAddress.burst && texts.perSecond > lightByAddress.perSecond)
})

test('[O3] what cannot be is one line that says where and what was wanted instead', () => {
  const wrong: [argv: string[], env: NodeJS.ProcessEnv, why: RegExp][] = [
    [['--nonsense'], {}, /^unknown flag --nonsense/],
    [['-x'], {}, /^unknown flag -x/],
    [['--__proto__=1'], {}, /^unknown flag --__proto__/],
    [['start'], {}, /^what is “start” for/],
    [['--port'], {}, /^--port: a value is missing/],
    [['--port', '--memory'], {}, /^--port: a value is missing/],
    [['--port', '70000'], {}, /^--port: a whole number from 0 to 65535/],
    [['-p', '80.5'], {}, /^-p: a whole number/],
    [['--port='], {}, /^--port: a whole number/],
    [['--temp-ttl', '10 years'], {}, /^--temp-ttl: a duration from 1s to 7d/],
    [['--temp-ttl', '0.5s'], {}, /^--temp-ttl: a duration from 1s to 7d/],
    [['--sweep', '-1s'], {}, /^--sweep/],
    [['--rate-limit', '0/2'], {}, /^--rate-limit: off or BURST\/PERSECOND/],
    [['--rate-limit', '10'], {}, /^--rate-limit: off or/],
    [['--trust-proxy', 'everybody'], {}, /^--trust-proxy: loopback, none, or addresses/],
    [['--trust-proxy', '10.0.0.0/33'], {}, /^--trust-proxy/],
    [['--allow-origin', 'chat.example'], {}, /^--allow-origin: origins are wanted/],
    [['--allow-origin', 'https://chat.example/'], {}, /^--allow-origin/],
    [['--synchronous', 'off'], {}, /^--synchronous: one of full, normal/],
    [['--memory=perhaps'], {}, /^--memory: true or false/],
    [['--log-level', 'loud'], {}, /^--log-level: one of info/],
    [[], { PORT: 'http' }, /^PORT: a whole number/],
    [[], { PARLOUR_SWEEP: 'often' }, /^PARLOUR_SWEEP: a duration/],
    [['--config', '/nowhere/parlour.json'], {}, /^\/nowhere\/parlour\.json: /],
  ]
  for (const [argv, env, why] of wrong) {
    const line = complaint(argv, env)
    assert.match(line, why)
    assert.doesNotMatch(line, /\n/)
  }
})

test('a file that is no object of settings is refused', (t) => {
  for (const content of ['', '{', '[]', 'null', '8080']) {
    assert.match(complaint(['--config', file(t, content)]), /a JSON object of settings is wanted/)
  }
  assert.match(complaint(['--config', file(t, { prot: 1 })]), /prot: no such setting/)
  assert.match(complaint(['--config', file(t, { port: { a: 1 } })]), /port: a text, a number/)
  assert.match(complaint(['--config', file(t, { port: 'x' })]), /port: a whole number/)
})

test('durations are written with their unit, or in milliseconds', () => {
  const written: [text: string, ms: number][] = [
    ['1500', 1500],
    ['1500ms', 1500],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['2 min', 120_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ]
  for (const [text, ms] of written) assert.equal(config(['--temp-ttl', text]).engine.ttl, ms, text)
})

test('[O9] --rate-limit off lifts every limit on speed', () => {
  const it = config(['--rate-limit', 'off'])
  assert.deepEqual([it.engine.rate, it.net.logins, it.net.messages], [null, null, null])
})

test('the configuration cannot be changed by anybody', () => {
  const it = config([])
  for (const part of [
    it,
    it.engine,
    it.engine.rate,
    it.engine.rate?.person,
    it.net,
    it.log,
    it.net.allowOrigin,
  ]) {
    assert.ok(Object.isFrozen(part))
  }
})

test('--help and --version go before everything else', () => {
  for (const argv of [['--help'], ['-h', '--port', 'x'], ['--port', 'x', '--help']]) {
    assert.equal(readConfig(argv, {}).kind, 'help')
  }
  assert.equal(readConfig(['-v'], {}).kind, 'version')
})

test('the help names every setting and fits a terminal', () => {
  const help = helpText()
  for (const { name } of allOptions) assert.ok(help.includes(`--${name}`), name)
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line)
})

const ports = (argv: string[], env: NodeJS.ProcessEnv = {}) => config(argv, env).port
