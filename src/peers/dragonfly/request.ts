// What a peer is asked for: the address as nodes spell it, and all that its id is made of. Pure.

import { isRedacted } from '../../kit/redact.ts'
import type { Blob, ImageName } from '../../model/blob.ts'
import { Failure } from '../../model/failure.ts'
import type { BlobContext, TaskIdentity } from '../../model/driver.ts'
import type { DragonflySettings } from './settings.ts'
import { isBlobUrl, taskIdOf, type Naming } from './task-id.ts'
import type { Download } from './wire.ts'

/** One blob as the peers of one cluster know it. */
export interface Asked {
  readonly url: string
  readonly byDigest: boolean
  readonly identity: TaskIdentity
}

/** The proxy's own default: nothing goes before what a pull waits for. */
const priority = 6

/** The blob's address with the registry spelled as nodes do. */
export function nodesUrl(blob: Blob, image: ImageName | null, settings: DragonflySettings): string {
  const spelled = image === null ? undefined : settings.registryUrls.get(image.namespace)
  if (spelled === undefined || !isBlobUrl(blob.url)) return blob.url
  const { pathname, search } = new URL(blob.url)
  return `${spelled}${pathname}${search}`
}

/** Throws `peer.unsupported` where a peer could not fetch it. */
export function askedOf(blob: Blob, context: BlobContext, settings: DragonflySettings, naming: Naming): Asked {
  const url = nodesUrl(blob, context.image, settings)
  if (!URL.canParse(url) || !url.startsWith('http'))
    throw new Failure('peer.unsupported', `A Dragonfly peer cannot fetch ${JSON.stringify(blob.url.slice(0, 200))}.`)
  if (isRedacted(url)) {
    const why = 'it would need the signature in it, which is not handed on'
    throw new Failure('peer.unsupported', `No Dragonfly peer is asked for ${url}: ${why}.`)
  }
  const isRegistrys = context.image !== null && isBlobUrl(url)
  const identity = identityOf(context.identity, settings.pulls)
  if (!isRegistrys || !naming.withNamespace) return { url, byDigest: naming.byDigest, identity }
  const filteredQueryParams = identity.filteredQueryParams.filter((name) => name !== 'ns')
  return {
    url: withNamespace(url, context.image.namespace),
    byDigest: false,
    identity: { ...identity, filteredQueryParams },
  }
}

/** As containerd adds it when it asks a mirror. */
export function withNamespace(text: string, namespace: string): string {
  const url = new URL(text)
  url.searchParams.set('ns', namespace)
  return url.href
}

/** What a request says for itself goes before what the pulls of the cluster's nodes say. */
function identityOf(own: TaskIdentity, pulls: TaskIdentity): TaskIdentity {
  return {
    tag: own.tag === '' ? pulls.tag : own.tag,
    application: own.application === '' ? pulls.application : own.application,
    filteredQueryParams:
      own.filteredQueryParams.length === 0
        ? pulls.filteredQueryParams
        : [...new Set([...own.filteredQueryParams, ...pulls.filteredQueryParams])],
    pieceLength: own.pieceLength ?? pulls.pieceLength,
  }
}

export const idOf = ({ url, byDigest, identity }: Asked): string => taskIdOf(url, byDigest, identity)

export function downloadOf({ url, byDigest, identity }: Asked, authorization: string | undefined): Download {
  const { tag, application, filteredQueryParams, pieceLength } = identity
  return {
    url,
    priority,
    // They say nothing of an address without a query, and they are many.
    filtered_query_params: url.includes('?') ? filteredQueryParams : [],
    request_header: authorization === undefined ? {} : { Authorization: authorization },
    enable_task_id_based_blob_digest: byDigest,
    ...(tag === '' ? {} : { tag }),
    ...(application === '' ? {} : { application }),
    ...(pieceLength === null ? {} : { piece_length: pieceLength }),
  }
}
