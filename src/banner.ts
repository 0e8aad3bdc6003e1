/** What a person sees in the terminal when the server has started: where the chat is, and a picture to scan. */

import { networkInterfaces } from 'node:os'

export interface Addresses {
  local: string
  /** Other machines reach it here; none when it listens to this machine only. */
  network: string[]
}

export function addressesOf(port: number, host: string | null): Addresses {
  const isEverywhere = host === null || host === '::' || host === '0.0.0.0'
  if (isEverywhere) return { local: url('localhost', port), network: networkAddresses(port) }
  const isLocal = host === 'localhost' || host === '::1' || host.startsWith('127.')
  return { local: url(host, port), network: isLocal ? [] : [url(host, port)] }
}

/** White blocks on black in every terminal: on a light one the code would be reversed, which not every camera reads. */
const scannable = (line: string) => `\u001b[97;40m${line}\u001b[0m`

/** Loaded only here, because most servers have no terminal. */
export async function banner({ local, network }: Addresses, note: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  const [shared] = network
  const code = shared === undefined ? [] : renderUnicodeCompact(shared, { border: 2 }).split('\n')
  return [
    '',
    `  Parlour is open.  ${note}`,
    '',
    `  On this machine   ${local}`,
    ...network.map((address) => `  In your network   ${address}`),
    '',
    ...code.map((line) => `  ${scannable(line)}`),
    '  Ctrl+C ends it.',
    '',
    '',
  ].join('\n')
}

function networkAddresses(port: number): string[] {
  return Object.values(networkInterfaces())
    .flatMap((entries) => entries ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => url(address, port))
}

const url = (host: string, port: number) =>
  `http://${host.includes(':') ? `[${host}]` : host}${port === 80 ? '' : `:${port}`}`
