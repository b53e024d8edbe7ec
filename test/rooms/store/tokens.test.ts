import assert from 'node:assert/strict'
import { Tokens } from '../../../src/store/tokens.ts'
import { tokenStoreCases } from '../../conformance/token-store.cases.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) =>
  tokenStoreCases(() => ({
    tokens: new Tokens(database()),
    age: async (id, ms) => {
      const written = await database().run((db) =>
        db('tokens')
          .where({ id })
          .update({ last_used_at: db.raw(`last_used_at - ? * interval '1 millisecond'`, [ms]) }),
      )
      assert.equal(written, 1)
    },
  })),
)
