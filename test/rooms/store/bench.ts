// One database of a kind for a test file, emptied before each test.

import { after, before, beforeEach, suite } from 'node:test'
import type { Database } from '../../../src/store/database.ts'
import { databaseKinds, openTestDatabase, type TestDatabase } from '../../support/database.ts'

/** Runs the cases on every kind of database. `database` may be asked only inside tests. */
export function onEachDatabase(cases: (database: () => Database) => void): void {
  for (const { kind, skip } of databaseKinds) {
    suite(kind, { skip }, () => {
      let own: TestDatabase | undefined
      const database = (): Database => {
        if (own === undefined) throw new Error('the database is opened by the before hook')
        return own.database
      }
      before(async () => {
        own = await openTestDatabase(kind)
      })
      beforeEach(async () => {
        await database().run((db) =>
          db.raw(`
            truncate jobs, job_peers, job_blobs, tasks, tokens, rate_limits;
            truncate clusters restart identity;
            insert into clusters (name, driver, is_default) values ('local', 'local', true)`),
        )
      })
      after(async () => {
        await own?.close()
      })
      cases(database)
    })
  }
}
