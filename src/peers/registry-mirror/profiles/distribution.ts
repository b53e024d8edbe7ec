// CNCF distribution as a pull-through cache (registry:2 and registry:3), which docker-registry of Debian is too.

import type { Warmed } from '../../../model/driver.ts'
import type { PeerAnswer } from '../../../model/peer-http.ts'
import { usual, type Profile } from '../profile.ts'
import type { Visit } from '../visit.ts'

/**
 * A HEAD makes it fetch and store the blob: 2.8 in a second fetch, which may end later, 3 before it answers. What it
 * stores it has hashed, so that a HEAD will do. Where the blob lies in an object store that it redirects to
 * (`storage.redirect`), an answer does not show whether it is held.
 */
export const distribution = (): Profile => ({
  can: usual,
  async warm(visit) {
    if (visit.isDocument) return document(visit)
    const first = await visit.head()
    if (isRefused(first)) return refill(visit)
    visit.expect(first)
    if (isHeld(visit, first)) return visit.warmed('local', 'peer-header')
    // The origin may have broken off behind the answer to a HEAD: a GET then tells what was wrong, and fills it too.
    return (await visit.settled(() => shows(visit))) ? visit.warmed('origin', 'peer-header') : refill(visit)
  },
})

async function refill(visit: Visit): Promise<Warmed> {
  const from = isHeld(visit, await visit.read()) ? 'local' : 'origin'
  if (await visit.settled(() => shows(visit))) return visit.warmed(from, 'peer-header')
  throw visit.notCached('passes it on and keeps nothing of it')
}

async function shows(visit: Visit): Promise<boolean> {
  const answer = await visit.look('first byte')
  // 2.8 fails now and then while it stores the very blob.
  if (answer.status >= 500) return false
  visit.expect(answer)
  return isHeld(visit, answer)
}

/** What it serves out of its store has these headers, and what it passes on has a bare ETag and no Accept-Ranges. */
export const isHeld = (visit: Visit, { headers }: PeerAnswer): boolean =>
  headers['etag'] === `"${visit.options.digest}"` && headers['accept-ranges'] === 'bytes'

/** Some proxies before it let only GET through. */
const isRefused = ({ status }: PeerAnswer): boolean => status === 405 || status === 501

/**
 * A manifest has no such headers. But it is answered only once it is in the store, and with an error where it cannot be
 * stored (proxyManifestStore.Get, in 2.8 and 3).
 */
export async function document(visit: Visit): Promise<Warmed> {
  const { headers } = await visit.read()
  const isRegistry = headers['docker-distribution-api-version'] === 'registry/2.0'
  if (isRegistry && headers['docker-content-digest'] === visit.options.digest) return visit.warmed(null, 'peer-status')
  throw visit.notCached('does not answer as a registry of this kind that keeps it')
}
