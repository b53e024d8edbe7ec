// Peers, clusters and long lists in sentences for people. Pure.

import type { Blob } from '../model/blob.ts'
import { shortDigest } from '../model/digest.ts'
import type { Cluster, Peer } from '../model/peer.ts'

/** More names than that nobody reads. */
export const mostNamed = 12

/** `node-7 (10.0.0.7)`. */
export const nameOfPeer = ({ hostname, ip }: Peer): string =>
  ip === '' || ip === hostname ? hostname : `${hostname} (${ip})`

export const nameOfBlob = (blob: Blob): string => (blob.digest === null ? blob.url : shortDigest(blob.digest))

/** `cluster 4 (edge)`. */
export const nameOfCluster = ({ id, name }: Pick<Cluster, 'id' | 'name'>): string => `cluster ${id} (${name})`

/** `a`, `a and b`, `a, b and c`, `a, b and 7 more`. */
export function listed(names: readonly string[], most = mostNamed): string {
  const shown = names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : names
  const last = shown.at(-1) ?? 'none'
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`
}
