// What a migration makes of rows that an older version wrote.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { down, up } from '../../../migrations/0004_access.ts'
import { Tokens } from '../../../src/store/tokens.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  test('tokens of the same name get names of their own, and the oldest keeps its name', async () => {
    await database().transaction(async (trx) => {
      await down(trx)
      const names = ['administrator', 'ci', 'administrator', 'administrator']
      const rows = names.map((name, n) => ({
        name,
        hash: `${n}`,
        permissions: '[]',
        user_id: 1,
        expires_at: new Date(),
      }))
      await trx('tokens').insert(rows)
      await up(trx)
    })
    const { rows } = await new Tokens(database()).list({}, 1, 9)
    const [third, second, ci, first] = rows
    assert.deepEqual(
      [first?.name, ci?.name, second?.name, third?.name],
      ['administrator', 'ci', `administrator ${second?.id}`, `administrator ${third?.id}`],
    )
    assert.deepEqual([first?.bio, first?.lastUsedAtMs], ['', null])
  })
})
