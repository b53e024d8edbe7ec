// Brings the tables up to date from the files in migrations/, however many replicas try it at once.

import { readdir } from 'node:fs/promises'
import type { Knex } from 'knex'

const directory = new URL('../../migrations/', import.meta.url)
/** Any constant that no other user of the same database has; "warmfron" in ASCII, less its first bits. */
const lockKey = '3702896413927825262'

// knex's own loader guesses from the nearest package.json whether a file is a module; ours are, always.
const source: Knex.MigrationSource<string> = {
  getMigrations: async () => (await readdir(directory)).filter((name) => /^\d{4}_.+\.ts$/.test(name)).toSorted(),
  getMigrationName: (name) => name,
  getMigration: async (name): Promise<Knex.Migration> => import(new URL(name, directory).href),
}

/**
 * One transaction, under an advisory lock: knex's own lock does not cover the making of its own tables, and a lock in
 * a row would outlive a replica that was killed.
 */
export async function migrate(db: Knex): Promise<void> {
  await db.transaction(async (trx) => {
    await trx.raw('select pg_advisory_xact_lock(?::bigint)', [lockKey])
    await trx.migrate.latest({ migrationSource: source })
  })
}
