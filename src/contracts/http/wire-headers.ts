// The headers that a client wants to be sent to the registry, in every form in which the older clients write them. Pure.

import { Failure } from '../../model/failure.ts'

/** Far more than any registry asks for. */
const mostHeaders = 64

/**
 * An object of texts or lists of texts, or a list of `Name: value` lines (one revision of Dragonfly's v0.x document
 * says so); absence and null mean none. Throws `request.invalid`, which calls them `field`.
 */
export function parseHeaders(given: unknown, field: string): Readonly<Record<string, string>> {
  if (given === undefined || given === null) return {}
  const pairs = typeof given === 'object' ? pairsOf(given) : [undefined]
  if (pairs.length > mostHeaders) throw new Failure('request.invalid', `${field} has more than ${mostHeaders} entries.`)
  const headers = pairs.flatMap((pair) => (pair !== undefined && isHeader(pair) ? [pair] : []))
  if (headers.length === pairs.length) return Object.fromEntries(headers)
  throw new Failure(
    'request.invalid',
    `${field} is not as expected: an object from names to texts, such as {"Authorization":"Bearer …"}.`,
  )
}

type Pair = readonly [name: string, value: string]

const pairsOf = (given: object): readonly (Pair | undefined)[] =>
  Array.isArray(given) ? given.map(splitLine) : Object.entries(given).map(joinValues)

const isHeader = ([name, value]: Pair): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && !/[\0\r\n]/.test(value)

function splitLine(line: unknown): Pair | undefined {
  const parts = typeof line === 'string' ? /^([^:]+):\s*(.*)$/.exec(line) : null
  return parts === null ? undefined : [parts[1] ?? '', parts[2] ?? '']
}

function joinValues([name, value]: readonly [string, unknown]): Pair | undefined {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.filter((item) => typeof item === 'string')
  return texts.length === values.length ? [name, texts.join(', ')] : undefined
}
