// The part of a cluster's settings that says who its peers are; what is left is for its driver.

import { isIP, isIPv6 } from 'node:net'
import { Fields, hostAndPort } from '../kit/fields.ts'
import type { JsonObject } from '../model/peer.ts'
import type { Discovered } from '../model/driver.ts'

export interface Endpoint {
  /** A name, or an address without brackets. */
  readonly host: string
  readonly port: number
}

export interface Membership {
  readonly listed: readonly Discovered[]
  /** Every address of the name is a peer. */
  readonly dns: readonly Endpoint[]
  /** Every target and port of the service is a peer. */
  readonly srv: readonly string[]
  /** What DNS finds are seed peers. */
  readonly seeds: boolean
}

const keys = ['peers', 'dns', 'srv', 'seeds']

/** `rest`: the driver's own keys. Throws RangeError whose message names the key and what was expected. */
export function parseMembership(settings: JsonObject): { readonly membership: Membership; readonly rest: JsonObject } {
  // It names files and holds a key: through the API, anybody could have our files read, and the key would be in the database.
  if (Object.hasOwn(settings, 'tls')) throw new RangeError('settings.tls is taken only from the settings file')
  const entries = Object.entries(settings)
  const ours = Object.fromEntries(entries.filter(([key]) => keys.includes(key)))
  const fields = new Fields('settings', ours)
  const membership = {
    listed: fields.objects('peers').map(parsePeer),
    dns: fields.texts('dns').map(parseName),
    srv: fields.texts('srv').map(parseService),
    seeds: fields.truth('seeds') ?? false,
  }
  return { membership, rest: Object.fromEntries(entries.filter(([key]) => !keys.includes(key))) }
}

function parsePeer(fields: Fields, n: number): Discovered {
  const at = fields.parsed('address', 'host:port', (value) =>
    typeof value === 'string' ? parseEndpoint(value) : undefined,
  )
  if (at === undefined) throw new RangeError(`settings.peers[${n}].address is missing; expected host:port`)
  const found = discoveredAt(at, fields.truth('seed') ?? false)
  const ip = fields.parsed('ip', 'an IP address', (value) =>
    typeof value === 'string' && isIP(value) !== 0 ? value : undefined,
  )
  const read = {
    ...found,
    hostname: fields.text('hostname') ?? found.hostname,
    ip: ip ?? found.ip,
    location: fields.text('location') ?? '',
  }
  fields.done()
  return read
}

function parseName(text: string, n: number): Endpoint {
  const at = parseEndpoint(text)
  if (at !== undefined) return at
  throw new RangeError(`settings.dns[${n}] is ${JSON.stringify(text.slice(0, 200))}; expected host:port`)
}

function parseService(text: string, n: number): string {
  if (/^\w[\w.-]{0,252}$/.test(text)) return text
  const named = JSON.stringify(text.slice(0, 200))
  throw new RangeError(`settings.srv[${n}] is ${named}; expected a name such as _peer._tcp.example.com`)
}

/** `host:port` in its one spelling, so that the same place is one peer. */
function parseEndpoint(text: string): Endpoint | undefined {
  const at = hostAndPort(text)
  if (at === undefined) return undefined
  if (!at.host.includes(':')) return { host: at.host.toLowerCase().replace(/\.$/, ''), port: at.port }
  // An address of IPv6 has many spellings, of which a URL keeps one.
  return isIPv6(at.host) ? { host: new URL(`http://[${at.host}]`).hostname.slice(1, -1), port: at.port } : undefined
}

/** In its one spelling; undefined for what is no `host:port`. */
export function addressOf(text: string): string | undefined {
  const at = parseEndpoint(text)
  return at && endpointText(at)
}

const endpointText = ({ host, port }: Endpoint): string => `${host.includes(':') ? `[${host}]` : host}:${port}`

/** A peer of which no more is known than where it is. */
export const discoveredAt = (at: Endpoint, seed: boolean): Discovered => ({
  address: endpointText(at),
  hostname: at.host,
  ip: isIP(at.host) === 0 ? '' : at.host,
  seed,
  location: '',
})
