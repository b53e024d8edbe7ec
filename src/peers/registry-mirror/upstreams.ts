// Which registries a mirror serves, and how it wants them to be addressed. Pure.

import type { Fields } from '../../kit/fields.ts'
import type { Blob, ImageName } from '../../model/blob.ts'
import type { Digest } from '../../model/digest.ts'

interface Upstream {
  /** Before the repository; '' for none. A Harbor project, or a path of a proxy that serves several registries. */
  readonly prefix: string
  /** The registry is named in the query too, as containerd does it: `?ns=docker.io`. */
  readonly ns: boolean
  /** What the mirror is to call the registry's address; undefined: what its image's reference led to. */
  readonly url: string | undefined
}

/** By the registry's name in image references; undefined: every registry, in the plain way. */
export type Upstreams = ReadonlyMap<string, Upstream> | undefined

const plain: Upstream = { prefix: '', ns: false, url: undefined }
const names = 'a list of registries, or a mapping of them to { prefix, ns, url }'

/** Throws RangeError, as Fields do. */
export function readUpstreams(fields: Fields): Upstreams {
  const isList = fields.parsed('upstreams', names, (value) => {
    if (Array.isArray(value)) return true
    return typeof value === 'object' && value !== null ? false : undefined
  })
  if (isList === undefined) return undefined
  if (isList) return new Map(fields.texts('upstreams').map((name) => [name, plain]))
  const each = fields.object('upstreams')
  return new Map(each?.names.map((name) => [name, readUpstream(each.object(name))]))
}

function readUpstream(fields: Fields | undefined): Upstream {
  if (fields === undefined) return plain
  const prefix = fields.parsed('prefix', 'path segments such as dockerhub or team/dockerhub', asPrefix) ?? ''
  const ns = fields.truth('ns') ?? false
  const url = fields.parsed('url', 'an address such as https://index.docker.io', asOrigin)
  fields.done()
  return { prefix, ns, url }
}

const asPrefix = (value: unknown): string | undefined =>
  typeof value === 'string' && /^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(value) ? value : undefined

function asOrigin(value: unknown): string | undefined {
  const url = typeof value === 'string' ? URL.parse(value) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url.origin : undefined
}

/** Where one image is at the mirror. */
export interface Place {
  /** `/v2/<prefix>/<repository>/` */
  readonly path: string
  /** '' or `?ns=…`. */
  readonly query: string
  /** The address of the registry, without a path. */
  readonly registryUrl: string
}

/** undefined: the mirror does not serve the image's registry. */
export function placeOf({ namespace, repository }: ImageName, blob: Blob, upstreams: Upstreams): Place | undefined {
  const upstream = upstreams === undefined ? plain : upstreams.get(namespace)
  if (upstream === undefined) return undefined
  const { prefix, ns, url } = upstream
  return {
    path: `/v2/${prefix === '' ? '' : `${prefix}/`}${repository}/`,
    query: ns ? `?ns=${encodeURIComponent(namespace)}` : '',
    registryUrl: url ?? registryOf(namespace, blob),
  }
}

/** What Dragonfly's own set-up of containerd calls Docker Hub, which is one of the names that its blobs go by. */
const hubUrl = 'https://index.docker.io'

const registryOf = (namespace: string, blob: Blob): string =>
  namespace === 'docker.io' ? hubUrl : (URL.parse(blob.url)?.origin ?? `https://${namespace}`)

/** `kind` says which of a registry's two ways leads to it. */
export const pathOf = ({ path, query }: Place, isDocument: boolean, digest: Digest): string =>
  `${path}${isDocument ? 'manifests' : 'blobs'}/${digest}${query}`
