// Whether an answer came from the proxy's cache, and why it may have kept nothing. Pure.

import type { PeerAnswer } from '../../model/peer-http.ts'

/** What a proxy writes into an answer that comes from its cache. */
export interface HitMark {
  /** Lower case. */
  readonly header: string
  /** The header's value contains it, in either case. */
  readonly value: string
}

type Headers = PeerAnswer['headers']

export function isMarked(headers: Headers, { header, value }: HitMark): boolean {
  return headers[header]?.toLowerCase().includes(value.toLowerCase()) === true
}

/**
 * Squid writes `X-Cache: HIT from <its name>` (from version 6 on `Cache-Status: <its name>;hit`), with the name that it
 * adds to Via last. An origin behind a CDN sends both headers with another name, or alone, and squid leaves them in.
 */
export function isSquidHit(headers: Headers): boolean {
  const [, name] = /^(?:.*,)?\s*[\d.]+ ([^\s,]+)(?: \([^)]*\))?\s*$/.exec(headers['via'] ?? '') ?? []
  if (name === undefined) return false
  return headers['x-cache'] === `HIT from ${name}` || headers['cache-status']?.startsWith(`${name};hit`) === true
}

/** Squid's default for maximum_object_size_in_memory; its maximum_object_size on disk is 4 MB by default. */
const usualLimitBytes = 512 * 1024

/** What is known about an answer that was passed on and is not there any more: for people. */
export function whyNotKept(headers: Headers, bytes: number, authorized: boolean): string {
  const caching = headers['cache-control'] ?? ''
  if (/no-store|private/i.test(caching)) return 'the Cache-Control of its origin forbids it'
  if (authorized && !/public|must-revalidate|s-maxage/i.test(caching)) {
    return 'what is asked for with an Authorization is kept only where its origin says Cache-Control: public'
  }
  const hasAge = /max-age/i.test(caching) || headers['expires'] !== undefined
  const looks = [
    ...(hasAge ? [] : ['at its refresh_pattern, since the origin does not say how long this stays fresh']),
    ...(bytes > usualLimitBytes ? ['at its maximum_object_size and maximum_object_size_in_memory'] : []),
    'at its room and its cache rules',
  ]
  return `look ${looks.join(', ')}`
}
