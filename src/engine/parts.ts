// A job in parts: clusters that run different platforms need different blobs of one image.

import { blobKey, type Artifact, type Blob, type ImageName } from '../model/blob.ts'
import type { Digest } from '../model/digest.ts'
import { Failure } from '../model/failure.ts'
import type { PreheatRequest } from '../model/job.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { Crew, PeerDriver, Roster } from '../model/driver.ts'
import type { Meant, Origin, Resolved } from '../model/ports.ts'
import { choose } from './choose.ts'
import { groupTeams, type Group, type Part } from './plan.ts'

export interface Gathered {
  readonly groups: readonly Group[]
  /** Names the peers that were left out. */
  readonly warnings: readonly string[]
}

/** Throws `peer.none` where there are no clusters, and what the roster throws. */
export async function crewsOf(
  roster: Pick<Roster, 'crewOf'>,
  clusters: readonly Cluster[],
  signal: AbortSignal,
): Promise<readonly Crew[]> {
  if (clusters.length === 0) throw new Failure('peer.none', 'None of the clusters of this job exists any more.')
  return Promise.all(clusters.map((cluster) => roster.crewOf(cluster, signal)))
}

/**
 * Throws `peer.none` where a cluster has no peer that the request means, `peer.unsupported` where its peers cannot hold
 * what is asked for, and what the roster throws.
 */
export async function gatherPeers(
  roster: Pick<Roster, 'crewOf'>,
  clusters: readonly Cluster[],
  request: PreheatRequest,
  signal: AbortSignal,
): Promise<Gathered> {
  const { teams, warnings } = choose(await crewsOf(roster, clusters, signal), request)
  return { groups: groupTeams(teams, request), warnings }
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
  for (const { wish, teams } of groups) {
    const resolved = await resolve({ pinned: digest, wish })
    digest ??= resolved.artifact.image?.digest ?? null
    parts.push({ ...resolved, teams })
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

/** What warming a blob at one of a cluster's peers needs beside the two. */
export interface Way {
  readonly cluster: Cluster
  readonly driver: PeerDriver
  readonly origin: Origin
  readonly image: ImageName | null
  /** Of the image's configs and layers; undefined where it has none whose size is known. */
  readonly smallest: Blob | undefined
}

/** A peer's cluster is in one part only. */
export function waysOf(parts: readonly Part[]): (peer: Peer) => Way {
  const ways = new Map<number, Way>()
  for (const { origin, artifact, teams } of parts) {
    const { image } = artifact
    const smallest = smallestOf(artifact)
    for (const { cluster, driver } of teams) {
      const own = cluster.fromFile ? origin : guarded(origin)
      ways.set(cluster.id, { cluster, driver, origin: own, image, smallest })
    }
  }
  return ({ clusterId }) => {
    const way = ways.get(clusterId)
    if (way === undefined) throw new TypeError(`no part of the job has the cluster ${clusterId}`)
    return way
  }
}

function smallestOf({ blobs }: Artifact): Blob | undefined {
  const sized = blobs.filter(({ kind, size }) => (kind === 'config' || kind === 'layer') && (size ?? 0) > 0)
  return sized.toSorted((one, other) => (one.size ?? 0) - (other.size ?? 0))[0]
}

/** For peers that somebody named who need not have been trusted with our passwords. */
const guarded = (origin: Origin): Origin => ({
  read: (...asked) => origin.read(...asked),
  authorization: (blob, signal) => origin.authorization(blob, signal, true),
  askThrough: (proxy, blob, ask) => origin.askThrough(proxy, blob, { ...ask, guarded: true }),
})
