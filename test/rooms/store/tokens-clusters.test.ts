import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Clusters } from '../../../src/store/clusters.ts'
import { Tokens } from '../../../src/store/tokens.ts'
import { tokenStoreCases } from '../../conformance/token-store.cases.ts'
import { onEachDatabase } from './bench.ts'

onEachDatabase((database) => {
  tokenStoreCases(() => new Tokens(database()))

  test('there is one cluster from the start: number 1, local, the default', async () => {
    const clusters = await new Clusters(database()).list()
    assert.deepEqual(
      clusters.map(({ id, name, driver, isDefault }) => ({ id, name, driver, isDefault })),
      [{ id: 1, name: 'local', driver: 'local', isDefault: true }],
    )
  })
})
