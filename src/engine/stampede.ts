// Whether peers that should feed each other went to the origin instead. Dragonfly's do so silently when their scheduler
// is gone, and say success all the same. Pure.

import { blobKey, type Blob } from '../model/blob.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { PeerDriver } from '../model/driver.ts'
import type { Task } from '../model/task.ts'

/** Up to 4 MiB, Dragonfly's peers go to the origin by intention (client 1.4.1 and later). */
const smallBytes = 4 * 1024 * 1024
/** One fetch for a cluster is the plan; up to twice is what a slow scheduler costs. */
const mostTimes = 2

export interface Stampede {
  readonly cluster: Cluster
  readonly blob: Blob
  /** How often its bytes came from the origin, one decimal. */
  readonly times: number
}

type WayOf = (peer: Peer) => { readonly cluster: Cluster; readonly driver: Pick<PeerDriver, 'can'> }

/** In the order of the plan. */
export function stampedesOf(tasks: readonly Task[], wayOf: WayOf): readonly Stampede[] {
  const sums = new Map<string, { readonly cluster: Cluster; readonly blob: Blob; size: number; fromOrigin: number }>()
  for (const { peer, blob, bytes, moved } of tasks) {
    if (moved.origin === undefined || moved.origin === 0) continue
    const { cluster, driver } = wayOf(peer)
    if (!driver.can.sharesPieces) continue
    const key = `${cluster.id} ${blobKey(blob)}`
    const sum = sums.get(key) ?? { cluster, blob, size: 0, fromOrigin: 0 }
    sum.size = blob.size ?? Math.max(sum.size, bytes)
    sum.fromOrigin += moved.origin
    sums.set(key, sum)
  }
  return [...sums.values()]
    .filter(({ size, fromOrigin }) => size > smallBytes && fromOrigin > mostTimes * size)
    .map(({ cluster, blob, size, fromOrigin }) => ({ cluster, blob, times: Math.round((10 * fromOrigin) / size) / 10 }))
}
