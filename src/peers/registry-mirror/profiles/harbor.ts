// A proxy cache project of Harbor.

import { usual, type Profile } from '../profile.ts'

/**
 * A GET of a blob passes it on and stores it from a second fetch in the background; a HEAD asks only Harbor's own store.
 * Manifests are stored in the background too, minutes after all their blobs, and nothing in a registry's answer shows
 * it: they are left to the nodes.
 */
export const harbor = (): Profile => ({
  can: { ...usual, bodyThroughUs: true, probe: 'exact', documents: false },
  async warm(visit) {
    if ((await visit.presence()) === 'present') return visit.warmed('local', 'peer-status')
    await visit.read()
    if (await visit.settled(async () => (await visit.presence()) === 'present')) {
      return visit.warmed('origin', 'peer-status')
    }
    throw visit.notCached('passed it on and does not have it afterwards')
  },
  probe: (visit) => visit.presence(),
})
