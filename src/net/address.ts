/** Where a peer comes from, in one canonical form, so that limits cannot be dodged by spelling. */

import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { TrustProxy } from './settings.ts'

/** Whose word about the address of others counts. */
export type Trust = (address: string) => boolean

/** Addresses and subnets such as `10.0.0.0/8`. Throws on what is neither. */
export function trustOf(setting: TrustProxy): Trust {
  if (setting === 'none') return () => false
  const list = new BlockList()
  for (const entry of setting === 'loopback' ? ['127.0.0.0/8', '::1'] : setting) {
    const [address = '', prefix] = entry.split('/')
    if (isIP(address) === 0) throw new Error(`not an address: ${entry}`)
    const family = isIPv4(address) ? 'ipv4' : 'ipv6'
    if (prefix === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(prefix), family)
  }
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
}

/** Proxies in a row that are believed, and characters of an address: what is longer is none. */
const mostHops = 16
const mostLength = 64

/**
 * The address that limits count: of the peer, or, when the peer is a trusted proxy, the last one in its
 * `X-Forwarded-For` that is not a trusted proxy itself. What stands before that anybody may have written,
 * and is not even read.
 */
export function addressOf(peer: string | undefined, forwarded: string | undefined, trust: Trust): string {
  let address = plain(peer ?? '')
  let rest = forwarded ?? ''
  for (let hops = 0; rest !== '' && hops < mostHops && trust(address); hops += 1) {
    const comma = rest.lastIndexOf(',')
    const hop = plain(
      rest
        .slice(comma + 1)
        .trim()
        .slice(0, mostLength),
    )
    if (isIP(hop) === 0) break
    address = hop
    rest = rest.slice(0, Math.max(0, comma))
  }
  return canonical(address)
}

/** IPv4 as it is, also when mapped into IPv6; IPv6 by its /64, because a household has all of one. */
export function canonical(address: string): string {
  const bare = plain(address)
  if (!isIPv6(bare)) return bare
  const [head = '', tail] = bare.toLowerCase().split('::')
  const groups = head === '' ? [] : head.split(':')
  if (tail !== undefined) {
    const after = tail === '' ? 0 : tail.split(':').length + (tail.includes('.') ? 1 : 0)
    while (groups.length < 8 - after) groups.push('0')
    groups.push(...tail.split(':'))
  }
  const network = groups.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

/** Without zone, brackets, port of an IPv4 or a bracketed address, and the mapping of IPv4 into IPv6. */
function plain(address: string): string {
  const ported = /^\[([^\]]*)\]/.exec(address) ?? /^([\d.]+):\d{1,5}$/.exec(address)
  const bare = (ported?.[1] ?? address).replace(/%.*$/, '')
  const mapped = /^(?:0*:)*:?ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  if (mapped?.[1] !== undefined) return mapped[1]
  const hex = /^(?:0*:)*:?ffff:([\da-f]{1,4}):([\da-f]{1,4})$/i.exec(bare)
  if (hex === null || !isIPv6(bare)) return bare
  const [high, low] = [Number.parseInt(hex[1]!, 16), Number.parseInt(hex[2]!, 16)]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}
