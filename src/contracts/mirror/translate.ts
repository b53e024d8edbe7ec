// From a pull's headers to what is to be sent, and the headers that say so. Ranges and conditions: RFC 9110.

import type { Answer, Call } from '../http/route.ts'
import type { Digest } from '../../model/digest.ts'
import type { HeldBlob } from '../../model/shelf.ts'
import { versionHeader } from './wire.ts'

export type Range =
  | { readonly is: 'whole' }
  | { readonly is: 'part'; readonly from: number; readonly to: number }
  | { readonly is: 'unsatisfiable' }

const whole: Range = { is: 'whole' }
const singleRange = /^bytes=[ \t]*(?<first>\d*)-(?<last>\d*)[ \t]*$/i

/** Several ranges, other units and nonsense are answered with the whole, as RFC 9110 14.2 allows. */
export function rangeOf(header: string | undefined, size: number): Range {
  const { first = '', last = '' } = singleRange.exec(header ?? '')?.groups ?? {}
  if (first === '' && last === '') return whole
  if (first === '') return suffixOf(Number(last), size)
  const from = Number(first)
  if (last !== '' && Number(last) < from) return whole
  if (from >= size) return { is: 'unsatisfiable' }
  return { is: 'part', from, to: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}

function suffixOf(length: number, size: number): Range {
  if (length === 0 || size === 0) return { is: 'unsatisfiable' }
  return { is: 'part', from: Math.max(0, size - length), to: size - 1 }
}

/** What a blob is without a media type of its own. */
export const plainBytes = 'application/octet-stream'

const etagOf = (digest: Digest): string => `"${digest}"`

/** If-None-Match: a weak tag of the same digest names the same bytes. */
export function isKnownToClient(header: string | undefined, digest: Digest): boolean {
  if (header === undefined) return false
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etagOf(digest))
}

export interface Representation {
  readonly blob: HeldBlob
  readonly mediaType: string
  /** Asked for by digest: what it means never changes. */
  readonly immutable: boolean
}

/** The answer to GET or HEAD for what is held. Never with Content-Encoding: the digest is that of the bytes sent. */
export function answerWith(representation: Representation, call: Pick<Call, 'method' | 'headers'>): Answer {
  const { blob, mediaType, immutable } = representation
  const etag = etagOf(blob.digest)
  const common = {
    ...versionHeader,
    'docker-content-digest': blob.digest,
    etag,
    'accept-ranges': 'bytes',
    ...(immutable ? { 'cache-control': 'max-age=31536000' } : {}),
  }
  if (isKnownToClient(single(call.headers['if-none-match']), blob.digest)) return { status: 304, headers: common }

  const isHead = call.method.toUpperCase() === 'HEAD'
  const range = isHead ? whole : conditionalRange(call, etag, blob.size)
  if (range.is === 'unsatisfiable') {
    return { status: 416, headers: { ...common, 'content-range': `bytes */${blob.size}` } }
  }
  const { from, to } = range.is === 'part' ? range : { from: 0, to: blob.size - 1 }
  const headers = {
    ...common,
    'content-type': mediaType,
    'content-length': `${to - from + 1}`,
    ...(range.is === 'part' ? { 'content-range': `bytes ${from}-${to}/${blob.size}` } : {}),
  }
  const status = range.is === 'part' ? 206 : 200
  return isHead ? { status, headers } : { status, headers, stream: blob.bytes(from, to) }
}

function conditionalRange(call: Pick<Call, 'headers'>, etag: string, size: number): Range {
  const condition = single(call.headers['if-range'])
  return condition === undefined || condition === etag ? rangeOf(single(call.headers['range']), size) : whole
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header.join(',') : header

/** containerd names Docker Hub by the one, older clients by the others. */
const dockerHub = new Set(['docker.io', 'index.docker.io', 'registry-1.docker.io'])

/** The registry that a client pulls from: containerd says it in `?ns=`, others say nothing. */
export function namespaceOf(query: URLSearchParams, usual: string): string {
  const asked = query.get('ns') ?? ''
  if (asked === '') return usual
  return dockerHub.has(asked) ? 'docker.io' : asked
}
