// The one thing that a get_task or delete_task is about, as a blob that drivers understand. Pure.

import type { Blob } from '../model/blob.ts'
import { parseDigest } from '../model/digest.ts'
import type { TaskRequest } from '../model/job.ts'

/**
 * A bare task id may be the hex of a blob's digest, by which the embedded cache and mirrors know it, and so is taken for
 * one; Dragonfly's peers know it by `task:<hex>`. An address is as the request shows it, without signatures: it is in
 * sentences for people, and peers that need more of it cannot say what they hold.
 */
export function subjectOf({ taskId, url }: TaskRequest): Blob {
  const unknown = { size: null, mediaType: 'application/octet-stream' } as const
  if (url === null) {
    return {
      ...unknown,
      kind: 'file',
      digest: parseDigest(`sha256:${taskId ?? ''}`) ?? null,
      url: `task:${taskId ?? ''}`,
    }
  }
  const [, kind, name = ''] = /\/v2\/.+\/(blobs|manifests)\/([^/?#]+)(?:[?#]|$)/.exec(decoded(url)) ?? []
  const digest = parseDigest(name) ?? null
  if (digest === null || kind === undefined) return { ...unknown, kind: 'file', digest: null, url }
  return { ...unknown, kind: kind === 'blobs' ? 'layer' : 'manifest', digest, url }
}

/** Some clients write the colon of a digest as %3A. */
const decoded = (url: string): string => url.replaceAll(/%3a/gi, ':')
