// The profiles by the names that settings give them.

import type { MakeProfile } from './profile.ts'
import { dfdaemon } from './profiles/dfdaemon.ts'
import { distribution } from './profiles/distribution.ts'
import { generic } from './profiles/generic.ts'
import { harbor } from './profiles/harbor.ts'
import { kraken } from './profiles/kraken.ts'
import { zot } from './profiles/zot.ts'

export const profileNames = ['distribution', 'zot', 'harbor', 'kraken', 'dfdaemon', 'generic'] as const
export type ProfileName = (typeof profileNames)[number]

export const profiles: Readonly<Record<ProfileName, MakeProfile>> = {
  distribution,
  zot,
  harbor,
  kraken,
  dfdaemon,
  generic,
}
