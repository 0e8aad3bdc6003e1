import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { test } from 'node:test'
import { addressesOf, banner } from '../src/banner.ts'

const lines = async (network: string[]) =>
  (await banner({ local: 'http://localhost:8080', network }, 'Nothing is kept.')).split('\n')

test('[O2] the banner has the addresses and a code for the first that others reach', async () => {
  const shown = await lines(['http://192.0.2.7:8080', 'http://198.51.100.7:8080'])
  match(shown.join('\n'), /On this machine {3}http:\/\/localhost:8080\n/)
  match(shown.join('\n'), /In your network {3}http:\/\/192\.0\.2\.7:8080\n.*http:\/\/198\.51\.100\.7:8080\n/)
  ok(shown.some((line) => line.includes('█')))
})

test('[O2] the code is white on black on any terminal, and nothing after it is', async () => {
  const code = (await lines(['http://192.0.2.7:8080'])).filter((line) => /[█▀▄]/.test(line))
  for (const line of code) {
    ok(line.startsWith('  \u001b[97;40m') && line.endsWith('\u001b[0m'))
    equal(line.length, code[0]?.length)
  }
})

test('[O2] what nobody else can reach has no code', async () => {
  deepEqual(addressesOf(80, '127.0.0.1'), { local: 'http://127.0.0.1', network: [] })
  deepEqual(addressesOf(8080, '::1'), { local: 'http://[::1]:8080', network: [] })
  ok((await lines([])).every((line) => !/[█▀▄]/.test(line)))
})
