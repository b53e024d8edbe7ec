// zot with on-demand sync. Its unit is the image: the manifest brings all its blobs, and a blob alone brings nothing.

import { Share } from '../../../kit/share.ts'
import { isAskersOwn } from '../../../model/failure.ts'
import type { Warmed } from '../../../model/driver.ts'
import { usual, type Profile } from '../profile.ts'
import type { Visit } from '../visit.ts'

/** All answers come from its store, blobs' and manifests' alike; what it stores it has hashed. */
export function zot(): Profile {
  const syncs = new Share<void>(isAskersOwn)
  return {
    can: { ...usual, probe: 'exact' },
    async warm(visit) {
      if (visit.isDocument) return document(visit, syncs)
      if ((await visit.presence()) === 'present') return visit.warmed('local', 'peer-status')
      await sync(visit, syncs)
      if ((await visit.presence()) === 'present') return visit.warmed('origin', 'peer-status')
      throw visit.notCached('took the image in without it')
    },
    // A HEAD for a manifest would make it fetch the image.
    probe: (visit) => (visit.isDocument ? Promise.resolve('unknown') : visit.presence()),
  }
}

/** Waits until the whole image is there; the blobs of one image at one peer wait for the same. */
async function sync(visit: Visit, syncs: Share<void>): Promise<void> {
  const { endpoint, place, image, context } = visit.options
  await syncs.join(`${endpoint.address} ${place.path} ${image.digest}`, context.signal, async (signal) => {
    const whole = visit.ofImage(signal)
    const answer = await whole.head()
    // We have just seen it at the origin: sync is off, filtered, or failed.
    if (answer.status === 404) throw whole.notCached('does not sync it')
    whole.expect(answer)
  })
}

async function document(visit: Visit, syncs: Share<void>): Promise<Warmed> {
  await sync(visit, syncs)
  visit.expect(await visit.head())
  return visit.warmed(null, 'peer-status')
}
