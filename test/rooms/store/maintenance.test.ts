import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Database } from '../../../src/store/database.ts'
import { Maintenance } from '../../../src/store/maintenance.ts'
import { withDatabase } from '../../support/database.ts'

const checkpoints = async (database: Database): Promise<unknown> => {
  const { rows } = await database.run((db) =>
    db.raw<{ rows: { at: string }[] }>('select checkpoint_lsn::text as at from pg_control_checkpoint()'),
  )
  return rows[0]?.at
}

suite('the maintenance of the embedded database', () => {
  test('writes a checkpoint where something was written, and leaves the disk alone otherwise', () =>
    withDatabase('pglite', ({ database }) =>
      database.run(async (db) => {
        const maintenance = new Maintenance(db, assert.ifError)
        const atFirst = await checkpoints(database)
        await maintenance.sweep()
        const afterOne = await checkpoints(database)
        assert.notEqual(afterOne, atFirst)
        await maintenance.sweep()
        assert.equal(await checkpoints(database), afterOne)
        await db('clusters').insert({ name: 'written', driver: 'local' })
        await maintenance.sweep()
        assert.notEqual(await checkpoints(database), afterOne)
        await maintenance.close()
      }),
    ))
})
