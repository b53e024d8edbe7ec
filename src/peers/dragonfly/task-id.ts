// The names that dfdaemons give to what they hold (client, util/src/id_generator). Pure.

import { createHash } from 'node:crypto'
import type { TaskIdentity } from '../../model/driver.ts'

/** What the peers of one cluster name a registry's blobs by. */
export interface Naming {
  /** The blob's own digest, whatever registry it came from; otherwise the address and what is said beside it. */
  readonly byDigest: boolean
  /** `?ns=` counts, as with clients before 1.4.1, which do not filter it. */
  readonly withNamespace: boolean
}

/** The setting `task_id`, once it is known. */
export const namings = {
  'blob-digest': { byDigest: true, withNamespace: false },
  url: { byDigest: false, withNamespace: false },
} as const satisfies Readonly<Record<string, Naming>>

/** `task:<hex>` as the url of a blob of kind `file` without a digest means the task of that very id. */
const bareTask = /^task:([0-9a-f]{64})$/

export const bareTaskId = (url: string): string | undefined => bareTask.exec(url)?.[1]

/** The hex of the digest in a registry's blob address: only these are named by digest, all else by the address. */
function hexIn(url: string): string | undefined {
  const [plain = ''] = url.split('?', 1)
  const at = plain.lastIndexOf('/blobs/')
  const v2 = plain.indexOf('/v2/', plain.indexOf('://') + 3)
  if (v2 === -1 || v2 + 3 >= at) return undefined
  return /^[a-z0-9]+:([0-9a-f]+)$/.exec(plain.slice(at + '/blobs/'.length))?.[1]
}

export const isBlobUrl = (url: string): boolean => hexIn(url) !== undefined

/** 64 hex digits; of a sha512 blob that is named by its digest, 128. Throws TypeError for what is no address. */
export function taskIdOf(url: string, byDigest: boolean, identity: TaskIdentity): string {
  const hex = byDigest ? hexIn(url) : undefined
  if (hex !== undefined) return hex
  const { tag, application, filteredQueryParams, pieceLength } = identity
  const hash = createHash('sha256').update(plainUrl(url, filteredQueryParams)).update(tag).update(application)
  if (pieceLength !== null) hash.update(String(pieceLength))
  return hash.update('STANDARD').digest('hex')
}

/** As the peer hashes it: without the filtered parameters, the others written anew, and a bare host without a slash. */
function plainUrl(text: string, filtered: readonly string[]): string {
  const url = new URL(text)
  const kept = [...url.searchParams].filter(([name]) => !filtered.includes(name))
  url.search = new URLSearchParams(kept).toString()
  return url.pathname === '/' ? url.href.replace(/\/+$/, '') : url.href
}

/** What signs an address at S3, Google, OSS, OBS and COS, and containerd's `ns`: the peers' proxies leave these out. */
export const usualFilteredParams: readonly string[] = [
  'X-Amz-Algorithm X-Amz-Credential X-Amz-Date X-Amz-Expires X-Amz-SignedHeaders X-Amz-Signature',
  'X-Amz-Security-Token X-Amz-User-Agent',
  'X-Goog-Algorithm X-Goog-Credential X-Goog-Date X-Goog-Expires X-Goog-SignedHeaders X-Goog-Signature',
  'OSSAccessKeyId Expires Signature SecurityToken',
  'AccessKeyId X-Obs-Date X-Obs-Security-Token',
  'q-sign-algorithm q-ak q-sign-time q-key-time q-header-list q-url-param-list q-signature x-cos-security-token',
  'ns',
].flatMap((names) => names.split(' '))
