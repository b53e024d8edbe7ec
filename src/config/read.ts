// Parsers of settings: text or YAML value in, typed value out, or a RangeError that says what was expected.

import { isIP } from 'node:net'
import type { PortRange } from '../kit/egress.ts'

export type Read<T> = (value: unknown) => T

/** One line for people. `value` must be no secret. */
export const mistake = (name: string, value: unknown, expected: string): string =>
  `${name} is ${JSON.stringify(value)}; expected ${expected}`

const expected = (what: string): RangeError => new RangeError(what)

export const text: Read<string> = (value) => {
  if (typeof value === 'string' && value !== '') return value
  if (typeof value === 'number') return String(value)
  throw expected('a text')
}

export const textOf =
  (least: number, what: string): Read<string> =>
  (value) => {
    const read = text(value)
    if (read.length < least) throw expected(what)
    return read
  }

export const wholeNumber =
  (low: number, high: number): Read<number> =>
  (value) => {
    const number = typeof value === 'number' ? value : /^\d+$/.test(String(value)) ? Number(value) : Number.NaN
    if (Number.isInteger(number) && number >= low && number <= high) return number
    throw expected(`a whole number from ${low} to ${high}`)
  }

export const truth: Read<boolean> = (value) => {
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw expected('true or false')
}

export const oneOf =
  <const T extends string>(...words: readonly T[]): Read<T> =>
  (value) => {
    const word = words.find((candidate) => candidate === value)
    if (word !== undefined) return word
    throw expected(`one of ${words.join(', ')}`)
  }

/** A YAML list, or one text with commas; a number is a list of one. */
export const listOf =
  <T>(read: Read<T>): Read<readonly T[]> =>
  (value) => {
    const one = typeof value === 'string' || typeof value === 'number' ? String(value).split(',') : undefined
    const items = Array.isArray(value) ? value : one
    if (items === undefined) throw expected('a list, or texts with commas between them')
    return items
      .map((item: unknown) => (typeof item === 'string' ? item.trim() : item))
      .filter((item) => item !== '')
      .map(read)
  }

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds, from `90s`, `29m`, `24h`. */
export const durationMs =
  (lowMs: number, highMs: number): Read<number> =>
  (value) => {
    const parts = /^(\d+)(ms|s|m|h|d)$/.exec(String(value))
    const unit = durationUnits[parts?.[2] ?? '']
    const ms = parts === null || unit === undefined ? Number.NaN : Number(parts[1]) * unit
    if (ms >= lowMs && ms <= highMs) return ms
    throw expected(`a duration such as 90s, 29m or 24h, from ${lowMs} ms to ${highMs} ms`)
  }

const byteUnits: Readonly<Record<string, number>> = { KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/** Of a number and a unit; NaN where there is none. */
const bytesOf = (parts: RegExpExecArray | null): number => Number(parts?.[1]) * (byteUnits[parts?.[2] ?? ''] ?? NaN)

/** Bytes, from `512MiB`, `50GiB`, `2TiB`. */
export const byteSize: Read<number> = (value) => {
  const bytes = bytesOf(/^(\d+)\s*(MiB|GiB|TiB)$/.exec(String(value)))
  if (!Number.isNaN(bytes)) return bytes
  throw expected('a size such as 512MiB, 50GiB or 2TiB')
}

/** A body comes in pieces of up to 64 KiB: at less a second, each would wait for more than one. */
const leastRate = 64 * 2 ** 10
const mostRate = 2 ** 40

/** Bytes a second, from `512KiB`, `100MiB`, `1GiB/s`. */
export const byteRate: Read<number> = (value) => {
  const bytes = bytesOf(/^(\d+)\s*(KiB|MiB|GiB)(?:\/s)?$/.exec(String(value)))
  if (bytes >= leastRate && bytes <= mostRate) return bytes
  throw expected('bytes a second such as 512KiB, 100MiB or 1GiB, from 64KiB to 1024GiB')
}

/** `443`, or `8000-8999`. */
export const portRange: Read<PortRange> = (value) => {
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(String(value)) ?? []
  const range = { from: Number(first), to: Number(last) }
  if (range.from >= 1 && range.from <= range.to && range.to <= 65535) return range
  throw expected('a port such as 443, or a range such as 8000-8999')
}

/** An IP address, or a network in CIDR notation. */
export const network: Read<string> = (value) => {
  const read = text(value)
  const [address = '', bits, rest] = read.split('/')
  const most = isIP(address) === 6 ? 128 : 32
  const fits = bits === undefined || (/^\d+$/.test(bits) && Number(bits) <= most)
  if (isIP(address) !== 0 && fits && rest === undefined) return read
  throw expected('an IP address or a network such as 10.0.0.0/8')
}

const isHostName = (name: string): boolean => /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/i.test(name) && !/^[\d.]+$/.test(name)

/** Not an address. */
export const hostName: Read<string> = (value) => {
  const read = text(value)
  if (isHostName(read)) return read.toLowerCase()
  throw expected('a host such as registry.example.com')
}

/** A network, or a host name (`*.example.com` means all below it). */
export const networkOrHost: Read<string> = (value) => {
  const read = text(value)
  if (isHostName(read.replace(/^\*\./, ''))) return read.toLowerCase()
  try {
    return network(read)
  } catch {
    throw expected('a network such as 10.0.0.0/8 or a host such as registry.example.com')
  }
}

/** `/a/b`, or `/a/b=2+3` where it is for these clusters. The path begins with a slash and does not end with one. */
export const pathPrefix: Read<{ readonly path: string; readonly clusterIds: readonly number[] }> = (value) => {
  const [, path, ids] = /^((?:\/[A-Za-z0-9._~-]+)+)(?:=(\d{1,9}(?:\+\d{1,9})*))?$/.exec(text(value)) ?? []
  if (path === undefined) throw expected('a path such as /group-a, or /group-a=2+3 where it is for these clusters')
  return { path, clusterIds: ids === undefined ? [] : ids.split('+').map(Number) }
}

export const databaseAddress: Read<string> = (value) => {
  const read = text(value)
  if (URL.canParse(read) && /^postgres(?:ql)?:$/.test(new URL(read).protocol)) return read
  throw expected('an address such as postgresql://user@host:5432/database')
}
