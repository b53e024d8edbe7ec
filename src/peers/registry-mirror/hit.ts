// What a cache says about itself in the headers of an answer. Pure.

import type { PeerAnswer } from '../../model/peer-http.ts'

/** undefined: it says nothing. */
type Said = 'hit' | 'miss' | undefined
export type ReadHit = (headers: PeerAnswer['headers']) => Said

/** nginx and Cloudflare answer with what they hold in these cases too. */
const kept = /(?:^|[^a-z])(?:hit|stale|updating|revalidated)(?![a-z])/i
const notKept = /miss|bypass|expired|dynamic|none|fwd=/i

/** `header`: lower case. `value`: what it contains, in either case, for what comes out of the cache. */
export const configuredHit =
  (header: string, value: string): ReadHit =>
  (headers) => {
    const text = headers[header]
    if (text === undefined) return undefined
    return text.toLowerCase().includes(value.toLowerCase()) ? 'hit' : 'miss'
  }

/**
 * Where the settings say nothing: the header that most servers or their guides use. Of several caches in a row the last
 * is the one that answered us. What passes the headers of its origin on can deceive this where that has a cache of its
 * own, as registries behind a CDN have: the settings `hit_header` and `hit_value` are for that.
 */
export const wellKnownHit: ReadHit = (headers) => {
  const nginx = headers['x-cache-status'] ?? headers['cf-cache-status'] ?? headers['x-proxy-cache']
  if (nginx !== undefined) return wordOf(nginx)
  const standard = headers['cache-status'] // RFC 9211
  if (standard !== undefined) return /;\s*hit\b(?!=\?0)/i.test(lastOf(standard)) ? 'hit' : 'miss'
  const usual = headers['x-cache']
  if (usual !== undefined) return wordOf(lastOf(usual))
  // A miss may have an age of 0, too.
  return Number(headers['age'] ?? 0) > 0 ? 'hit' : undefined
}

const wordOf = (text: string): Said => (kept.test(text) ? 'hit' : notKept.test(text) ? 'miss' : undefined)

const lastOf = (list: string): string => list.split(',').at(-1) ?? ''
