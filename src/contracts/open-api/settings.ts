// How a cluster's peers are found and driven, as the clusters API takes it: kept in clear, and so never a secret. Pure.

import { isObject } from '../../kit/fields.ts'
import { Failure } from '../../model/failure.ts'
import type { JsonObject } from '../../model/peer.ts'

/** Every job that is accepted reads it: enough for a thousand peers that are listed one by one. */
const longest = 256 * 1024
/** Drivers look at most three levels deep, such as peers.0.address. */
const deepest = 16

const tellingKey = /password|passwd|secret|token|credential|client_?key|private_?key|authorization/i
const userInfo = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*@/i

/** Throws `request.invalid` for what would be a secret, and where it is too much to be kept. */
export function toSettings(given: JsonObject): JsonObject {
  if ('tls' in given) {
    const sentence = 'settings.tls is not taken here; it stands below clusters: in the settings file.'
    throw new Failure('request.invalid', sentence, { field: 'settings.tls' })
  }
  refuseSecrets('settings', given, 0)
  if (JSON.stringify(given).length <= longest) return given
  const sentence = `The settings of a cluster are longer than ${longest} characters.`
  throw new Failure('request.invalid', sentence, { field: 'settings' })
}

function refuseSecrets(at: string, value: unknown, depth: number): void {
  if (depth > deepest) throw invalid(at, 'is too deep.')
  if (typeof value === 'string' && userInfo.test(value)) throw secretAt(at)
  if (Array.isArray(value))
    for (const [place, item] of value.entries()) refuseSecrets(`${at}.${place}`, item, depth + 1)
  if (!isObject(value)) return
  for (const [name, item] of Object.entries(value)) {
    if (tellingKey.test(name)) throw secretAt(`${at}.${name}`)
    refuseSecrets(`${at}.${name}`, item, depth + 1)
  }
}

const secretAt = (at: string): Failure =>
  invalid(at, 'looks like a secret, and settings are shown; secrets stand in the settings file.')

function invalid(at: string, why: string): Failure {
  const field = at.slice(0, 200)
  return new Failure('request.invalid', `${field} ${why}`, { field })
}
