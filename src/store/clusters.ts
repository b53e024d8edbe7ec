// The clusters that are known.

import type { Knex } from 'knex'
import { NextFlight } from '../kit/next-flight.ts'
import { Failure } from '../model/failure.ts'
import type { Cluster } from '../model/peer.ts'
import type { ClusterChange, ClusterStore, NewCluster } from '../model/ports.ts'
import type { Database } from './database.ts'
import { isTaken } from './faults.ts'
import { isId, json, storable, toCluster, type ClusterRow } from './rows.ts'

/** The migrations make the first one: 1, `local`. */
export class Clusters implements ClusterStore {
  readonly #database: Database
  readonly #lists = new NextFlight<readonly Cluster[]>()

  constructor(database: Database) {
    this.#database = database
  }

  list(): Promise<readonly Cluster[]> {
    return this.#lists.run('all', async () => {
      const { rows } = await this.#database.run((db) => db.raw<{ rows: ClusterRow[] }>(list))
      return rows.map(toCluster)
    })
  }

  insert(cluster: NewCluster): Promise<Cluster> {
    const { name, driver, bio, isDefault, platforms, kept } = cluster
    return this.#write(name, async (trx) => {
      if (isDefault) await endDefault(trx)
      const [row] = await trx('clusters')
        .insert({
          name: storable(name),
          driver: storable(driver),
          bio: storable(bio),
          is_default: isDefault,
          platforms: json(platforms),
          kept: json(kept),
        })
        .returning<ClusterRow[]>('*')
      if (row === undefined) throw new Error('an insert returned no row')
      return toCluster(row)
    })
  }

  async change(id: number, change: ClusterChange): Promise<Cluster | undefined> {
    if (!isId(id)) return undefined
    const { name, bio, isDefault, platforms, kept } = change
    return this.#write(name, async (trx) => {
      if (isDefault === true) await endDefault(trx)
      const [row] = await trx('clusters')
        .where({ id })
        .update({
          updated_at: trx.fn.now(),
          ...(name !== undefined && { name: storable(name) }),
          ...(bio !== undefined && { bio: storable(bio) }),
          ...(isDefault !== undefined && { is_default: isDefault }),
          ...(platforms !== undefined && { platforms: json(platforms) }),
          ...(kept !== undefined && { kept: json(kept) }),
        })
        .returning<ClusterRow[]>('*')
      return row && toCluster(row)
    })
  }

  async remove(id: number): Promise<boolean> {
    if (!isId(id)) return false
    const { rowCount } = await this.#write(undefined, (trx) => trx.raw<{ rowCount: number }>(remove, [id, id]))
    return rowCount === 1
  }

  /** One writer at a time, readers go on: so no two become the default at once, and no two last ones are removed. */
  async #write<T>(name: string | undefined, work: (trx: Knex) => Promise<T>): Promise<T> {
    try {
      return await this.#database.transaction(async (trx) => {
        await trx.raw('lock table clusters in share row exclusive mode')
        return work(trx)
      })
    } catch (error) {
      if (!isTaken(error, 'clusters_name_key')) throw error
      throw new Failure('request.conflict', `There is a cluster named ${JSON.stringify(name)} already.`)
    }
  }
}

const list = 'select * from clusters order by id'

const remove = 'delete from clusters where id = ? and exists (select from clusters where id <> ?)'

const endDefault = (trx: Knex) =>
  trx('clusters').where({ is_default: true }).update({ is_default: false, updated_at: trx.fn.now() })
