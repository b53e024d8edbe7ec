// What one kind of mirror is like: its cheapest request that fills it, and what proves that it kept the blob.

import type { Capabilities, Presence, Warmed } from '../../model/driver.ts'
import type { ReadHit } from './hit.ts'
import type { Visit } from './visit.ts'

export interface Profile {
  readonly can: Capabilities
  /** Throws Failure: `peer.not-cached` for what cannot be proven. */
  warm(visit: Visit): Promise<Warmed>
  /** Absent where asking would make the peer fetch. */
  probe?(visit: Visit): Promise<Presence>
}

/** Gives a cluster's profile. `hit`: how its peers say in a header that they hold something. */
export type MakeProfile = (hit: ReadHit) => Profile

/** What most mirrors are like. */
export const usual: Capabilities = {
  sharesPieces: false,
  bodyThroughUs: false,
  probe: 'none',
  cancel: 'detaches',
  evict: false,
  documents: true,
  files: false,
  resumed: 'believed',
}
