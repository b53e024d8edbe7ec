// What a cluster's settings say about its mirrors.

import { Fields } from '../../kit/fields.ts'
import type { JsonObject } from '../../model/peer.ts'
import { configuredHit, wellKnownHit, type ReadHit } from './hit.ts'
import { profileNames, type ProfileName } from './profiles.ts'
import { readUpstreams, type Upstreams } from './upstreams.ts'

export interface MirrorSettings {
  readonly profile: ProfileName
  readonly upstreams: Upstreams
  readonly hit: ReadHit
}

/** Throws RangeError, as Fields do. */
export function readSettings(settings: JsonObject): MirrorSettings {
  const fields = new Fields('settings', settings)
  const profile = fields.oneOf('profile', profileNames) ?? 'generic'
  const upstreams = readUpstreams(fields)
  const header = fields.parsed('hit_header', 'the name of a header', asHeader)
  const value = fields.text('hit_value')
  fields.done()
  if (header === undefined && value !== undefined)
    throw new RangeError('settings.hit_value is there without settings.hit_header; expected both')
  const hit = header === undefined ? wellKnownHit : configuredHit(header, value ?? 'HIT')
  return { profile, upstreams, hit }
}

const asHeader = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/.test(value) ? value.toLowerCase() : undefined
