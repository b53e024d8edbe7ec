import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { openDatabase } from '../../../src/store/database.ts'
import { Hits } from '../../../src/store/hits.ts'
import { hitStoreCases } from '../../conformance/hit-store.cases.ts'
import { databaseKinds, withDatabase } from '../../support/database.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  hitStoreCases(() => ({
    hits: new Hits(database()),
    end: async (key) => {
      const written = await database().run((db) =>
        db('rate_limits')
          .where({ key })
          .update({ resets_at: new Date(Date.now() - 3_600_000) }),
      )
      assert.equal(written, 1)
    },
    keys: () => database().run((db) => db('rate_limits').orderBy('key').pluck<string[]>('key')),
  }))
})

suite('two replicas', { skip: databaseKinds.find(({ kind }) => kind === 'postgresql')?.skip ?? false }, () => {
  test('count the same key together', () =>
    withDatabase('postgresql', async ({ database, options }) => {
      const second = await openDatabase(options)
      try {
        const replicas = [new Hits(database), new Hits(second)]
        await Promise.all(replicas.flatMap((hits) => Array.from({ length: 30 }, () => hits.hit('a', 2, 60_000))))
        assert.equal((await replicas[1]?.hit('a', 0, 60_000))?.hits, 120)
      } finally {
        await second.close()
      }
    }))
})
