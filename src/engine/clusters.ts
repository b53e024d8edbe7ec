// The clusters, as those who may manage them see them.

import { Failure } from '../model/failure.ts'
import type { Cluster, Peer } from '../model/peer.ts'
import type { ClusterChange, ClusterStore, NewCluster, Roster } from '../model/ports.ts'

export class ClusterBook {
  readonly #clusters: ClusterStore
  readonly #roster: Roster

  constructor(clusters: ClusterStore, roster: Roster) {
    this.#clusters = clusters
    this.#roster = roster
  }

  /** All of them, ordered by id. */
  list(): Promise<readonly Cluster[]> {
    return this.#clusters.list()
  }

  /** Throws `request.not-found`. */
  async get(id: number): Promise<Cluster> {
    const all = await this.#clusters.list()
    return known(
      id,
      all.find((cluster) => cluster.id === id),
    )
  }

  /** Throws `request.invalid` for a driver that this replica does not have, `request.conflict` for a name that is taken. */
  async create(asked: NewCluster): Promise<Cluster> {
    const { drivers } = this.#roster
    if (!drivers.includes(asked.driver)) {
      const named = JSON.stringify(asked.driver.slice(0, 100))
      throw new Failure('request.invalid', `There is no driver ${named}; there is ${drivers.join(', ')}.`)
    }
    return this.#clusters.insert(asked)
  }

  /** Throws `request.not-found`, and `request.conflict` for a name that is taken. */
  async change(id: number, change: ClusterChange): Promise<Cluster> {
    return known(id, await this.#clusters.change(id, change))
  }

  /** Throws `request.not-found`, and `request.conflict` for the last one. */
  async remove(id: number): Promise<void> {
    if (await this.#clusters.remove(id)) return
    const { name } = await this.get(id)
    throw new Failure('request.conflict', `Cluster ${id} (${name}) is the last one, and one must remain.`)
  }

  /** As they are known now. Throws `request.not-found`, and `peer.none` where this replica has not the driver. */
  async peers(id: number): Promise<readonly Peer[]> {
    return this.#roster.peersOf(await this.get(id))
  }
}

function known(id: number, cluster: Cluster | undefined): Cluster {
  if (cluster === undefined) throw new Failure('request.not-found', `There is no cluster ${id}.`)
  return cluster
}
