// The bytes of the supernode contract: Dragonfly v0.x "Preheat API", and what the pre-release Harbor driver made of it.

import { Failure } from '../../model/failure.ts'

export interface PreheatBody {
  readonly type: 'image' | 'file'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export interface TaskAnswer {
  readonly code: 200
  readonly data: { readonly taskId: string; readonly status?: 'RUNNING' | 'SUCCESS' | 'FAIL' }
  /** The reason, beside FAIL. */
  readonly msg?: string
}

/** Far more than any registry asks for. */
const mostHeaders = 64

/**
 * Keys match without regard to case, and the whole object may come as a JSON string that holds its base64: the driver
 * (steven-zou/harbor, src/distribution@93aea9b) marshals its body twice. `headers` wins over the documented `header`,
 * because it is what the servers read. Throws `request.invalid`.
 */
export function parsePreheat(body: unknown): PreheatBody {
  const fields = lowerKeys(typeof body === 'string' ? decodeTwice(body) : body)
  const { type, url } = fields
  if (type !== 'image' && type !== 'file') {
    throw new Failure(
      'request.invalid',
      `type is ${type === undefined ? 'missing' : JSON.stringify(type)}; expected "image" or "file".`,
    )
  }
  if (typeof url !== 'string' || url === '') {
    throw new Failure('request.invalid', 'url is missing; expected <registry>/<image>:<tag> or the address of a file.')
  }
  return { type, url, headers: parseHeaders(fields['headers'] ?? fields['header']) }
}

/** A task's id as the address says it, or a refusal: a job's id in decimal. */
export function parseTaskId(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw new Failure(
    'request.invalid',
    `${JSON.stringify(text)} is not a task id; expected the number that POST /api/preheat gave.`,
  )
}

function decodeTwice(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as unknown
  } catch {
    throw new Failure('request.invalid', 'The body is a text that is not the base64 of a JSON object.')
  }
}

function lowerKeys(body: unknown): Readonly<Record<string, unknown>> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new Failure('request.invalid', 'The body is not a JSON object; expected {"type":…,"url":…}.')
  }
  return Object.fromEntries(Object.entries(body).map(([key, value]) => [key.toLowerCase(), value as unknown]))
}

/** An object of texts or lists of texts, or a list of `Name: value` lines (one revision of the document says so). */
function parseHeaders(given: unknown): Readonly<Record<string, string>> {
  if (given === undefined || given === null) return {}
  if (typeof given !== 'object') throw badHeaders()
  const pairs = Array.isArray(given) ? given.map(splitLine) : Object.entries(given).map(joinValues)
  if (pairs.length > mostHeaders) throw new Failure('request.invalid', `headers has more than ${mostHeaders} entries.`)
  for (const [name, value] of pairs) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) || /[\0\r\n]/.test(value)) throw badHeaders()
  }
  return Object.fromEntries(pairs)
}

function splitLine(line: unknown): readonly [string, string] {
  const parts = typeof line === 'string' ? /^([^:]+):\s*(.*)$/.exec(line) : null
  if (parts === null) throw badHeaders()
  return [parts[1] ?? '', parts[2] ?? '']
}

function joinValues([name, value]: readonly [string, unknown]): readonly [string, string] {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value]
  const texts = values.filter((item) => typeof item === 'string')
  if (texts.length !== values.length) throw badHeaders()
  return [name, texts.join(', ')]
}

const badHeaders = (): Failure =>
  new Failure(
    'request.invalid',
    'header is not as expected: an object from names to texts, such as {"Authorization":"Bearer …"}.',
  )
