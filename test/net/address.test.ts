import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addressOf, canonical, trustOf } from '../../src/net/address.ts'

const loopback = trustOf('loopback')
const nobody = trustOf('none')

test('[S16] an address has one canonical form, IPv6 by its /64', () => {
  const forms: [written: string, form: string][] = [
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['0:0:0:0:0:ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0:0:ffff::2', '2001:db8:0:0::/64'],
    ['2001:0db8:0000:0000:1:2:3:4', '2001:db8:0:0::/64'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1::5', '2001:db8:1:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
  ]
  for (const [written, form] of forms) assert.equal(canonical(written), form, written)
})

test('[S16] X-Forwarded-For counts only from a trusted proxy', () => {
  const forged: string[] = ['192.0.2.9', '127.0.0.1', '::1', '10.0.0.1, 192.0.2.9', 'unknown', '', ',,,', '%']
  for (const header of forged) {
    assert.equal(addressOf('198.51.100.1', header, loopback), '198.51.100.1', header)
    assert.equal(addressOf('127.0.0.1', header, nobody), '127.0.0.1', header)
  }
  assert.equal(addressOf('127.0.0.1', '192.0.2.9', loopback), '192.0.2.9')
  assert.equal(addressOf('::1', '192.0.2.9', loopback), '192.0.2.9')
  assert.equal(addressOf('::ffff:127.0.0.1', '192.0.2.9', loopback), '192.0.2.9')
})

test('[S16] of several hops the last one that no trusted proxy is counts, because the rest may be forged', () => {
  const trust = trustOf(['10.0.0.0/8', '2001:db8::/32'])
  assert.equal(addressOf('10.0.0.1', '1.1.1.1, 192.0.2.9', trust), '192.0.2.9')
  assert.equal(addressOf('10.0.0.1', '1.1.1.1, 192.0.2.9, 10.0.0.2', trust), '192.0.2.9')
  assert.equal(addressOf('2001:db8::5', '192.0.2.9', trust), '192.0.2.9')
  assert.equal(addressOf('10.0.0.1', 'rubbish, 10.0.0.2', trust), '10.0.0.2')
  assert.equal(addressOf('10.0.0.1', '[2001:db9::1]:443', trust), '2001:db9:0:0::/64')
  assert.equal(addressOf('10.0.0.1', '192.0.2.9:51234', trust), '192.0.2.9')
  assert.equal(addressOf('10.0.0.1', '192.0.2.9:51234, 10.0.0.2:443', trust), '192.0.2.9')
  for (const rubbish of ['192.0.2.9:', '192.0.2.9:port', '192.0.2.9:51234:1', '1.2.3:80', ':80'])
    assert.equal(addressOf('10.0.0.1', rubbish, trust), '10.0.0.1', rubbish)
  assert.equal(addressOf('10.0.0.1', undefined, trust), '10.0.0.1')
})

test('[S16] of a long X-Forwarded-For no more is looked at than it takes', () => {
  const long = Array.from({ length: 1300 }, () => '10.0.0.1').join(',')
  const asked: string[] = []
  const trust = (address: string) => {
    asked.push(address)
    return address.startsWith('10.')
  }
  assert.equal(addressOf('10.0.0.9', `${long}, 192.0.2.9`, trust), '192.0.2.9')
  assert.deepEqual(asked.splice(0), ['10.0.0.9', '192.0.2.9'])
  assert.equal(addressOf('10.0.0.9', `192.0.2.9, ${long}`, trust), '10.0.0.1')
  assert.ok(asked.length <= 17, `${asked.length} hops were looked at`)
  assert.equal(addressOf('10.0.0.9', `192.0.2.9${'0'.repeat(16_000)}`, trust), '10.0.0.9')
})

test('what is no address cannot be trusted', () => {
  assert.throws(() => trustOf(['chat.example']), /chat\.example/)
  assert.equal(loopback(''), false)
  assert.equal(addressOf(undefined, '192.0.2.9', loopback), '')
})
