/** How the values of settings are written: durations, rates, ports, lists. Each reader says what it wanted instead. */

import { isIP } from 'node:net'
import type { Rate } from '../state/bucket.ts'

/** A value or setting that cannot be; its message is one line for the person who wrote it. */
export class BadConfig extends Error {
  override readonly name = 'BadConfig'
}

/** Turns what was written into a value, or throws `BadConfig`. */
export type Read<T> = (text: string) => T

const units: Record<string, number> = {
  '': 1,
  ms: 1,
  s: 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** `10s`, `500ms`, `1m`, `12h`, `30d`, or plain milliseconds; in ms. */
export const duration =
  (least: string, most: string): Read<number> =>
  (text) => {
    const ms = milliseconds(text)
    if (ms !== null && ms >= milliseconds(least)! && ms <= milliseconds(most)!) return ms
    throw new BadConfig(`a duration from ${least} to ${most} is wanted, such as 10s, 500ms or 1m`)
  }

export const whole =
  (least: number, most: number): Read<number> =>
  (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new BadConfig(`a whole number from ${least} to ${most} is wanted`)
  }

export const oneOf =
  <const T extends string>(...values: T[]): Read<T> =>
  (text) => {
    const found = values.find((value) => value === text)
    if (found !== undefined) return found
    throw new BadConfig(`one of ${values.join(', ')} is wanted`)
  }

export const text: Read<string> = (value) => {
  if (value !== '' && !value.includes('\0')) return value
  throw new BadConfig('a text is wanted')
}

export const yes: Read<boolean> = (value) => {
  if (['true', '1', 'yes', 'on'].includes(value)) return true
  if (['false', '0', 'no', 'off'].includes(value)) return false
  throw new BadConfig('true or false is wanted')
}

/** `10/2`: ten at once, then two per second. `off`: `null`. */
export const rate: Read<Rate | null> = (value) => {
  if (value === 'off') return null
  const [, burst, perSecond] = /^(\d+)\/(\d+(?:\.\d+)?)$/.exec(value) ?? []
  if (Number(burst) >= 1 && Number(perSecond) > 0) {
    return { burst: Number(burst), perSecond: Number(perSecond) }
  }
  throw new BadConfig('off or BURST/PERSECOND is wanted, such as 10/2')
}

export const proxies: Read<'loopback' | 'none' | string[]> = (value) => {
  if (value === 'loopback' || value === 'none') return value
  const entries = list(value)
  if (entries.length > 0 && entries.every(isAddress)) return entries
  throw new BadConfig('loopback, none, or addresses such as 10.0.0.1,10.1.0.0/16 are wanted')
}

export const origins: Read<string[]> = (value) => {
  const entries = list(value)
  if (entries.every((entry) => URL.parse(entry)?.origin === entry)) return entries
  throw new BadConfig('origins are wanted, such as https://chat.example')
}

function milliseconds(text: string): number | null {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) *([a-z]*)$/.exec(text) ?? []
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined
  return number === undefined || factor === undefined ? null : Math.round(Number(number) * factor)
}

const list = (value: string) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

function isAddress(entry: string): boolean {
  const [address = '', prefix, ...more] = entry.split('/')
  const family = isIP(address)
  const bits = Number(prefix ?? 0)
  const isPrefix = prefix === undefined || (/^\d+$/.test(prefix) && bits <= (family === 4 ? 32 : 128))
  return family !== 0 && isPrefix && more.length === 0
}
