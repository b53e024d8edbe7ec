// What each released Harbor sends: paths, headers and bodies, key by key and in their order.

import { randomBytes } from 'node:crypto'
import { GoError, marshal } from './go-json.ts'
import type { Rules } from './versions.ts'

/** A preheat provider instance, as somebody made it in Harbor. */
export interface Instance {
  readonly endpoint: string
  /** Absent: the mode NONE. */
  readonly auth?: {
    readonly mode: 'BASIC' | 'OAUTH' | 'CUSTOM'
    /** Go takes its keys in random order, and the driver the first of them: here the first is the first. */
    readonly info: Readonly<Record<string, string>>
  }
}

/** One tag that a policy selected. */
export interface Image {
  /** Harbor's external address, with its scheme. */
  readonly registry: string
  readonly repository: string
  readonly tag: string
  readonly digest: string
  /** What the registry is to see as Authorization; minted by Harbor's core. */
  readonly authorization: string
}

export interface Policy {
  readonly scope?: string
  /** null: what was typed in the form was no number. */
  readonly clusterIds?: readonly (number | null)[]
}

const manifestUrl = ({ registry, repository, tag }: Image): string => `${registry}/v2/${repository}/manifests/${tag}`

export const urlOf = ({ endpoint }: Instance, path: string): string => endpoint.replace(/\/$/, '') + path

/** Of an address that is parsed and put together again: without user and password. */
export function healthUrlOf(instance: Instance, path: string, rules: Rules): string {
  const url = new URL(urlOf(instance, path))
  if (!rules.parsesHealthAddress) return urlOf(instance, path)
  return `${url.protocol}//${url.host}${url.pathname}`
}

/** Throws GoError where no request goes out. */
export function authHeaders({ auth }: Instance, rules: Rules): Readonly<Record<string, string>> {
  if (auth === undefined) return {}
  const [first] = rules.hasCredentials ? Object.entries(auth.info) : []
  if (first === undefined) throw new GoError('no credential data provided')
  const [key, value] = first
  if (auth.mode === 'CUSTOM') return { [canonical(key)]: value }
  if (auth.mode === 'BASIC') return { Authorization: `Basic ${Buffer.from(`${key}:${value}`).toString('base64')}` }
  const token = auth.info['token']
  if (token === undefined) throw new GoError('missing OAuth token')
  return { Authorization: `Bearer ${token}` }
}

const canonical = (name: string): string =>
  name.toLowerCase().replaceAll(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())

export const legacyBody = (image: Image): string =>
  marshal({
    type: 'image',
    url: manifestUrl(image),
    headers: { Authorization: image.authorization },
    image: image.repository,
    tag: image.tag,
    digest: image.digest,
  })

export function oapiBody(image: Image, policy: Policy, rules: Rules): string {
  const scope = policy.scope ?? ''
  const known = ['', 'single_seed_peer', 'all_seed_peers', 'all_peers']
  if (rules.policy !== 'scope' && !known.includes(scope)) throw new GoError(`invalid scope: ${scope}`)
  return marshal({
    type: 'preheat',
    args: {
      type: 'image',
      url: manifestUrl(image),
      tag: '',
      filtered_query_params: '',
      headers: { Authorization: image.authorization },
      scope,
      concurrent_count: 0,
      timeout: 0,
    },
    scheduler_cluster_ids: rules.policy === 'scope' ? null : (policy.clusterIds?.map((id) => id ?? 0) ?? null),
  })
}

/** Without anything that would open the registry. */
export function krakenEvent(image: Image): { readonly id: string; readonly body: string } {
  const id = randomBytes(16).toString('hex')
  const event = {
    Id: id,
    TimeStamp: new Date().toISOString().replace('Z', '560176Z'),
    Action: 'push',
    Target: {
      MediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      Digest: image.digest,
      Repository: image.repository,
      Url: manifestUrl(image),
      Tag: image.tag,
    },
    Request: null,
    Actor: null,
  }
  return { id, body: marshal({ Events: [event] }) }
}
