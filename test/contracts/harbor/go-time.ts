// Times and durations as Go (1.23) reads, subtracts and prints them.

import { GoError } from './go-json.ts'

export interface GoTime {
  /** Since 1970, in UTC. */
  readonly nanoseconds: bigint
  readonly offsetMinutes: number
}

const layout = '2006-01-02T15:04:05Z07:00'
const second = 1_000_000_000n
const minute = 60n * second
const mostNanoseconds = 2n ** 63n - 1n

/** What a time.Time is before anybody sets it: the first of January of the year 1. */
export const zeroTime: GoTime = { nanoseconds: -62_135_596_800n * second, offsetMinutes: 0 }

interface Step {
  /** Its part of the layout. */
  readonly layout: string
  readonly pattern: RegExp
  /** For the message, where the number must lie in a range. */
  readonly range?: readonly [name: string, least: number, most: number]
}

/** In order; what stands between two of them is part of the layout too. An hour may have one digit only. */
const steps: readonly Step[] = [
  { layout: '2006', pattern: /^\d{4}/ },
  { layout: '-', pattern: /^-/ },
  { layout: '01', pattern: /^\d\d/, range: ['month', 1, 12] },
  { layout: '-', pattern: /^-/ },
  { layout: '02', pattern: /^\d\d/ },
  { layout: 'T', pattern: /^T/ },
  { layout: '15', pattern: /^\d\d?/, range: ['hour', 0, 23] },
  { layout: ':', pattern: /^:/ },
  { layout: '04', pattern: /^\d\d/, range: ['minute', 0, 59] },
  { layout: ':', pattern: /^:/ },
  { layout: '05', pattern: /^\d\d(?:[.,]\d+)?/, range: ['second', 0, 59] },
  { layout: 'Z07:00', pattern: /^(?:Z|[+-]\d\d:\d\d)/ },
]

/** time.Parse with the layout RFC3339; what UnmarshalJSON does with a text, too. Throws GoError. */
export function parseTime(text: string): GoTime {
  const parts: string[] = []
  let rest = text
  for (const step of steps) {
    const part = step.pattern.exec(rest)?.[0]
    if (part === undefined) {
      throw new GoError(
        `parsing time ${quote(text)} as ${quote(layout)}: cannot parse ${quote(rest)} as ${quote(step.layout)}`,
      )
    }
    rest = rest.slice(part.length)
    if (step.range !== undefined) hold(text, Math.trunc(Number(part.replace(',', '.'))), step.range)
    if (/\d|Z/.test(part)) parts.push(part)
  }
  const offsetMinutes = offsetOf(text, parts.at(-1) ?? '')
  if (rest !== '') throw new GoError(`parsing time ${quote(text)}: extra text: ${quote(rest)}`)
  return { nanoseconds: nanosecondsOf(text, parts) - BigInt(offsetMinutes) * minute, offsetMinutes }
}

function nanosecondsOf(text: string, [year, month, day, hour = '', minutes = '', seconds = '']: string[]): bigint {
  const midnight = new Date(0)
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  if (midnight.getUTCDate() !== Number(day)) throw new GoError(`parsing time ${quote(text)}: day out of range`)
  const [whole = '', fraction = ''] = seconds.split(/[.,]/)
  const nanoseconds = BigInt(whole) * second + BigInt(fraction.slice(0, 9).padEnd(9, '0'))
  return BigInt(midnight.getTime()) * 1_000_000n + (BigInt(hour) * 60n + BigInt(minutes)) * minute + nanoseconds
}

/** Some people write offsets of 24 hours or 60 minutes, and Go lets them. */
function offsetOf(text: string, zone: string): number {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4))]
  hold(text, hours, ['time zone offset hour', 0, 24])
  hold(text, minutes, ['time zone offset minute', 0, 60])
  return (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1)
}

function hold(text: string, value: number, [name, least, most]: NonNullable<Step['range']>): void {
  if (value < least || value > most) throw new GoError(`parsing time ${quote(text)}: ${name} out of range`)
}

/** Of package time: what is not printable ASCII is shown by its bytes. */
const quote = (text: string): string =>
  `"${text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^ -\x7f]+/g, (odd) =>
      [...Buffer.from(odd, 'utf8')].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
    )}"`

/** With the layout RFC3339: no fractions. */
export function formatTime({ nanoseconds, offsetMinutes }: GoTime): string {
  const seconds = (nanoseconds - (((nanoseconds % second) + second) % second)) / second
  const local = new Date(Number(seconds) * 1000 + offsetMinutes * 60_000).toISOString().slice(0, 19)
  if (offsetMinutes === 0) return `${local}Z`
  const two = (value: number): string => String(Math.trunc(value)).padStart(2, '0')
  const size = Math.abs(offsetMinutes)
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}

/** `to.Sub(from)` as Duration.String prints it. */
export function durationBetween(from: GoTime, to: GoTime): string {
  const exact = to.nanoseconds - from.nanoseconds
  const size = exact < 0n ? -exact : exact
  const printed = printDuration(size > mostNanoseconds ? mostNanoseconds : size)
  return exact < 0n ? `-${printed}` : printed
}

function printDuration(size: bigint): string {
  if (size === 0n) return '0s'
  if (size < 1_000n) return `${size}ns`
  if (size < 1_000_000n) return `${decimal(size, 3)}µs`
  if (size < second) return `${decimal(size, 6)}ms`
  const minutes = size / minute
  const hours = minutes / 60n
  const large = `${hours > 0n ? `${hours}h` : ''}${minutes > 0n ? `${minutes % 60n}m` : ''}`
  return `${large}${decimal(size % minute, 9)}s`
}

/** `size` with the comma moved `places` to the left, without trailing zeros. */
function decimal(size: bigint, places: number): string {
  const digits = String(size).padStart(places + 1, '0')
  return `${digits.slice(0, -places)}.${digits.slice(-places)}`.replace(/\.?0+$/, '')
}
