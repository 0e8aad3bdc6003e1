import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Histogram, Meter } from '../../src/engine/meter.ts'
import { exposition } from '../../src/net/metrics.ts'
import { LOBBY } from '../../src/state/records.ts'
import { mint } from '../support/parlour.ts'
import { startServer } from '../support/server.ts'
import { join } from '../support/socket.ts'

test('[O6] /metrics says what was answered, stored and told, in the format of Prometheus', async (t) => {
  const server = await startServer({ test: t })
  const ada = await join(server, 'ada')
  await ada.socket.ask({ t: 'room.open', room: LOBBY })
  await ada.socket.ask({ t: 'message.send', room: LOBBY, id: mint(), body: 'hi' })
  await ada.socket.refusal({ t: 'nonsense' })
  const response = await fetch(`${server.url}/metrics`)
  const text = await response.text()
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/)
  for (const line of [
    'parlour_frames_total{frame="message.send",outcome="ok"} 1',
    'parlour_frames_total{frame="unknown",outcome="unknown_frame"} 1',
    'parlour_opened_total{how="fresh"} 1',
    'parlour_connections 1',
    'parlour_people 1',
    '# TYPE parlour_commit_seconds histogram',
  ])
    assert.ok(text.includes(`${line}\n`), `${line} is not in\n${text}`)
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) \w+ .+|\w+(\{.+\})? -?[\d.e+-]+)$/)
})

const proxied: [header: string, value: string][] = [
  ['x-forwarded-for', '203.0.113.7'],
  ['forwarded', 'for=203.0.113.7'],
  ['x-real-ip', '203.0.113.7'],
  ['via', '1.1 proxy'],
  ['x-forwarded-host', 'chat.example'],
  ['x-forwarded-proto', 'https'],
]

test('[O6] nobody elsewhere sees the figures, also not through a proxy', async (t) => {
  for (const trust of ['loopback', 'none']) {
    const server = await startServer({ test: t, flags: ['--trust-proxy', trust] })
    for (const [header, value] of proxied) {
      const response = await fetch(`${server.url}/metrics`, { headers: { [header]: value } })
      const other = await fetch(`${server.url}/nothing`, { headers: { [header]: value } })
      assert.deepEqual([response.status, await response.text()], [404, await other.text()], header)
    }
  }
})

test('[O6] who runs it decides who sees the figures, because a proxy here may not say that it is one', async (t) => {
  const far = { headers: { 'x-forwarded-for': '203.0.113.7' } }
  const closed = await startServer({ test: t, flags: ['--metrics', 'off'] })
  assert.equal((await fetch(`${closed.url}/metrics`)).status, 404)
  const open = await startServer({ test: t, flags: ['--metrics', 'all'] })
  assert.equal((await fetch(`${open.url}/metrics`, far)).status, 200)
})

test('a histogram counts what is at most each bound, and label values cannot break out', () => {
  const values = new Histogram([1, 10])
  for (const value of [0.5, 1, 7, 99]) values.observe(value)
  assert.equal(
    exposition({ name: 'x_seconds', help: 'X', kind: 'histogram', samples: values.samples() }),
    '# HELP x_seconds X\n# TYPE x_seconds histogram\nx_seconds_bucket{le="1"} 2\nx_seconds_bucket{le="10"} 3\n' +
      'x_seconds_bucket{le="+Inf"} 4\nx_seconds_sum 107.5\nx_seconds_count 4\n',
  )
  const meter = new Meter()
  meter.frame('a"b\\c\nd', 'ok')
  const frames = meter.figures().find((figure) => figure.name === 'parlour_frames_total')
  assert.ok(frames)
  assert.match(exposition(frames), /\{frame="a\\"b\\\\c\\nd",outcome="ok"\} 1\n$/)
})
