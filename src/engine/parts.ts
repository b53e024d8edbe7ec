// A job in parts: clusters that run different platforms need different blobs of one image.

import { blobKey, type Artifact } from '../model/blob.ts'
import type { Digest } from '../model/digest.ts'
import type { JobRequest } from '../model/job.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { Meant, Origin, Resolved, Roster } from '../model/ports.ts'
import { groupPeers, type Group, type Part } from './plan.ts'

/** Throws `peer.none` where a cluster has no peer that the request means. */
export async function gatherPeers(
  roster: Roster,
  clusters: readonly Cluster[],
  request: JobRequest,
): Promise<readonly Group[]> {
  const members = await Promise.all(
    clusters.map(async (cluster) => ({ cluster, peers: await roster.peersOf(cluster) })),
  )
  return groupPeers(members, request)
}

/**
 * Asks what each group needs, one after another: the first one to answer says what the tag means, and the others are
 * asked for just that.
 */
export async function resolveParts(
  groups: readonly Group[],
  pinned: Digest | null,
  resolve: (meant: Meant) => Promise<Resolved>,
): Promise<readonly Part[]> {
  const parts: Part[] = []
  let digest = pinned
  for (const { wish, peers } of groups) {
    const resolved = await resolve({ pinned: digest, wish })
    digest ??= resolved.artifact.image?.digest ?? null
    parts.push({ ...resolved, peers })
  }
  return parts
}

/** What the parts are together. */
export function wholeOf(parts: readonly Part[]): Artifact {
  const artifacts = parts.map(({ artifact }) => artifact)
  const blobs = artifacts.flatMap((artifact) => artifact.blobs)
  return {
    image: artifacts[0]?.image ?? null,
    platforms: [...new Set(artifacts.flatMap(({ platforms }) => platforms))],
    blobs: [...new Map(blobs.map((blob) => [blobKey(blob), blob])).values()],
    warnings: [...new Set(artifacts.flatMap(({ warnings }) => warnings))],
  }
}

/** Of all blobs together; null while a size is unknown. */
export const bytesOf = ({ blobs }: Artifact): number | null =>
  blobs.reduce<number | null>((sum, { size }) => (sum === null || size === null ? null : sum + size), 0)

/** Says where the bytes for a peer come from. */
export function originsOf(parts: readonly Part[]): (peer: Peer) => Origin {
  const origins = new Map(parts.flatMap(({ origin, peers }) => peers.map(({ id }) => [id, origin] as const)))
  return ({ id }) => {
    const origin = origins.get(id)
    if (origin === undefined) throw new TypeError(`no part of the job has the peer ${id}`)
    return origin
  }
}
