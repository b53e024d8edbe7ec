// The clusters that are known.

import type { Knex } from 'knex'
import { NextFlight } from '../kit/next-flight.ts'
import { Failure } from '../model/failure.ts'
import type { Cluster } from '../model/peer.ts'
import type { ClusterChange, ClusterStore, FileCluster, NewCluster } from '../model/ports.ts'
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
    const { name, driver, bio, isDefault, platforms, settings, kept } = cluster
    return this.#write(name, async (trx) => {
      if (isDefault) await endDefault(trx)
      const [row] = await trx('clusters')
        .insert({
          name: storable(name),
          driver: storable(driver),
          bio: storable(bio),
          is_default: isDefault,
          platforms: json(platforms),
          settings: json(settings),
          kept: json(kept),
        })
        .returning<ClusterRow[]>('*')
      if (row === undefined) throw new Error('an insert returned no row')
      return toCluster(row)
    })
  }

  async change(id: number, change: ClusterChange): Promise<Cluster | undefined> {
    if (!isId(id)) return undefined
    const { name, bio, isDefault, platforms, settings, kept } = change
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
          ...(settings !== undefined && { settings: json(settings) }),
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

  async adopt(clusters: readonly FileCluster[]): Promise<void> {
    const rows = json(clusters.map(({ name, driver, platforms, settings }) => ({ name, driver, platforms, settings })))
    await this.#write(undefined, async (trx) => {
      await trx.raw(disown, [rows])
      await trx.raw(follow, [rows])
      await trx.raw(found, [rows])
    })
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

const ofFile = `
  rows from (jsonb_to_recordset(?::jsonb) as (name text, driver text, platforms jsonb, settings jsonb))
  with ordinality as file (name, driver, platforms, settings, place)`

const disown = `
  update clusters set from_file = false, updated_at = now()
  where from_file and name not in (select file.name from ${ofFile})`

// What is as the file says keeps the time of its last change: each replica adopts when it starts.
const follow = `
  update clusters set
    driver = file.driver, platforms = file.platforms, settings = file.settings, from_file = true, updated_at = now()
  from ${ofFile}
  where clusters.name = file.name
    and (clusters.driver, clusters.platforms, clusters.settings, clusters.from_file)
      is distinct from (file.driver, file.platforms, file.settings, true)`

const found = `
  insert into clusters (name, driver, platforms, settings, from_file)
  select name, driver, platforms, settings, true from ${ofFile}
  where not exists (select from clusters known where known.name = file.name) order by place`

const endDefault = (trx: Knex) =>
  trx('clusters').where({ is_default: true }).update({ is_default: false, updated_at: trx.fn.now() })
