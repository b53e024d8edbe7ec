// How often something happened, for limits that hold across replicas.

import type { HitStore } from '../model/ports.ts'
import type { Database } from './database.ts'

interface HitRow {
  readonly hits: string
  readonly resets_at: Date
}

/** The database's clock alone says when a window is over. */
export class Hits implements HitStore {
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  async hit(key: string, count: number, windowMs: number) {
    const { rows } = await this.#database.run((db) => db.raw<{ rows: HitRow[] }>(hit, [key, count, windowMs]))
    const [row] = rows
    if (row === undefined) throw new Error('an upsert returned no row')
    return { hits: Number(row.hits), resetsAtMs: row.resets_at.getTime() }
  }

  async sweep(): Promise<void> {
    await this.#database.run((db) => db.raw(sweep))
  }
}

// What is over begins anew with these hits.
const hit = `
  insert into rate_limits as r (key, hits, resets_at) values (?, ?, now() + ? * interval '1 millisecond')
  on conflict (key) do update set
    hits = case when r.resets_at <= now() then excluded.hits else r.hits + excluded.hits end,
    resets_at = case when r.resets_at <= now() then excluded.resets_at else r.resets_at end
  returning hits, resets_at`

// Skipping locked rows, two replicas that sweep at once cannot wait for each other in a circle.
const sweep = `
  delete from rate_limits where key in (
    select key from rate_limits where resets_at <= now() for update skip locked
  )`
