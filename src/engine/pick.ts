// Which clusters a command is for. Pure.

import { Failure } from '../model/failure.ts'
import type { Cluster } from '../model/peer.ts'

/** No ids mean all of them. Throws `cluster.unknown`. */
export function pickClusters(all: readonly Cluster[], wanted: readonly number[]): readonly Cluster[] {
  if (wanted.length === 0) return all
  const missing = wanted.find((id) => !all.some((cluster) => cluster.id === id))
  if (missing === undefined) return all.filter((cluster) => wanted.includes(cluster.id))
  const names = all.map((cluster) => `${cluster.id} (${cluster.name})`).join(', ')
  throw new Failure('cluster.unknown', `There is no cluster ${missing}; there is ${names}.`)
}
