// Which peers a cluster has, and which driver speaks to them.

import { Failure } from '../model/failure.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { PeerDriver, Roster } from '../model/ports.ts'

/** One way to warm, with the peers that it knows of in a cluster. */
export interface Crew {
  readonly driver: PeerDriver
  readonly peersOf: (cluster: Cluster) => Promise<readonly Peer[]>
}

/** `crews` by the name of the driver. */
export function makeRoster(clusters: () => Promise<readonly Cluster[]>, crews: Readonly<Record<string, Crew>>): Roster {
  const crewOf = (cluster: Cluster): Crew => {
    const crew = crews[cluster.driver]
    if (crew !== undefined) return crew
    throw new Failure(
      'peer.none',
      `Cluster ${cluster.id} (${cluster.name}) wants the driver ${cluster.driver}, which this replica does not have.`,
    )
  }
  return {
    clusters,
    drivers: Object.keys(crews),
    peersOf: async (cluster) => crewOf(cluster).peersOf(cluster),
    driverOf: (cluster) => crewOf(cluster).driver,
  }
}
