// Any cache before a registry that says of an answer whether it comes out of the cache: nginx, Varnish, Apache, a CDN.

import { usual, type MakeProfile } from '../profile.ts'

/**
 * A GET to the end is the one request that every cache fills itself by: after a HEAD, nginx with `slice` calls its first
 * slice a hit and has no other. The later look is for the last byte for the same reason. The bytes that the GET gave
 * are hashed here.
 */
export const generic: MakeProfile = (hit) => ({
  can: { ...usual, bodyThroughUs: true },
  async warm(visit) {
    const first = hit((await visit.read()).headers)
    const isHeld = async () => {
      const later = await visit.look('last byte')
      visit.expect(later)
      return hit(later.headers) === 'hit'
    }
    if (!(await visit.settled(isHeld))) throw visit.notCached('calls no later answer one of its cache')
    return visit.warmed(first === 'hit' ? 'local' : first === 'miss' ? 'origin' : null, 'peer-header')
  },
})
