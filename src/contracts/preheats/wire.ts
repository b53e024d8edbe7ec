// The bytes of the preheats contract: Dragonfly 1.x's supernode, Dragonfly 2's shim of it, and Harbor 2.1 to 2.11.

import { Failure, type FailureCode } from '../../model/failure.ts'
import { fieldsOf } from '../http/any-case.ts'
import { parseHeaders } from '../http/wire-headers.ts'

export interface PreheatBody {
  readonly type: 'image' | 'file'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  /** Names of query parameters that do not tell files apart, with & between them. */
  readonly filter: string
  /** Tells files apart that have the same URL. */
  readonly identifier: string
  /** What Harbor says of the image, and nobody else does; empty where it is not said. */
  readonly image: string
  readonly tag: string
  readonly digest: string
}

/** Both spellings, since clients of Dragonfly 1.x read `ID` and those of Dragonfly 2's shim read `id`. */
export interface Accepted {
  readonly ID: string
  readonly id: string
}

export interface ShownPreheat extends Accepted {
  /** Harbor up to 2.7 polls for half an hour on any other word for a failure. */
  readonly status: 'WAITING' | 'RUNNING' | 'SUCCESS' | 'FAIL'
  /** RFC 3339, as all times here: Harbor computes a duration from these two. */
  readonly startTime: string
  /** null until the end, which every Harbor takes for "not yet". */
  readonly finishTime: string | null
  /** Empty unless it is FAIL. */
  readonly errorMsg: string
}

export interface Refusal {
  readonly message: string
  /** The same text by its key of before Dragonfly 1.x. */
  readonly msg: string
  /** The HTTP status. */
  readonly code: number
  readonly cause: FailureCode
}

/** A task of a Harbor's that failed. */
export type LostTask = Omit<Refusal, 'msg'> & Omit<ShownPreheat, 'errorMsg'>

export interface Paging {
  readonly page: number
  readonly perPage: number
}

const lengths = { identifier: 1024, filter: 8192, image: 255, tag: 128, digest: 255 } as const
const largest = { page: 10_000_000, perPage: 100 } as const

/** Keys match without regard to case, as in the Go clients and servers of this contract. Throws `request.invalid`. */
export function parsePreheat(body: unknown): PreheatBody {
  const fields = fieldsOf(body)
  if (fields === undefined) {
    throw new Failure('request.invalid', 'The body is not a JSON object; expected {"type":…,"url":…}.')
  }
  const { type, url } = fields
  if (type !== 'image' && type !== 'file') {
    const given = type === undefined ? 'missing' : JSON.stringify(type).slice(0, 100)
    throw new Failure('request.invalid', `type is ${given}; expected "image" or "file".`)
  }
  if (typeof url !== 'string' || url === '') {
    throw new Failure('request.invalid', "url is missing; expected a manifest's address, an image's name or a file's.")
  }
  const text = (name: string, most: number) => parseText(fields[name.toLowerCase()], name, most)
  return {
    type,
    url,
    headers: parseHeaders(fields['headers'], 'headers'),
    filter: text('filteredQueryParams', lengths.filter) || text('filter', lengths.filter),
    identifier: text('identifier', lengths.identifier),
    image: text('image', lengths.image),
    tag: text('tag', lengths.tag),
    digest: text('digest', lengths.digest),
  }
}

/** A job's id in decimal. Throws `request.not-found`, since no other name was ever given to one. */
export function parseId(text: string): number {
  const id = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(id)) return id
  throw new Failure('request.not-found', `There is no preheat task ${JSON.stringify(text.slice(0, 100))}.`)
}

/** As the Open API has it: absence and 0 mean the default. Throws `request.invalid`. */
export function parsePaging(query: URLSearchParams): Paging {
  return {
    page: parseNumber(query, 'page', largest.page) || 1,
    perPage: parseNumber(query, 'per_page', largest.perPage) || largest.perPage,
  }
}

function parseNumber(query: URLSearchParams, name: string, most: number): number {
  const text = query.get(name) ?? '0'
  if (/^\d{1,8}$/.test(text) && Number(text) <= most) return Number(text)
  const shown = JSON.stringify(text.slice(0, 100))
  throw new Failure('request.invalid', `${name} is ${shown}; expected a whole number from 0 to ${most}.`)
}

function parseText(value: unknown, name: string, most: number): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string' && value.length <= most) return value
  throw new Failure('request.invalid', `${name} is not a text of at most ${most} characters.`)
}
