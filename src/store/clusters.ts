// The clusters that are known.

import type { Cluster } from '../model/peer.ts'
import type { Database } from './database.ts'
import { toCluster, type ClusterRow } from './rows.ts'

export class Clusters {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** All of them, ordered by id. The migrations make the first one: 1, `local`. One round trip. */
  async list(): Promise<readonly Cluster[]> {
    const rows = await this.#database.run((db) => db('clusters').select<ClusterRow[]>('*').orderBy('id'))
    return rows.map(toCluster)
  }
}
