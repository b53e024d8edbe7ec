// What every TokenStore promises.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { TokenStore } from '../../src/model/ports.ts'

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

const token = (hash: string) =>
  ({
    name: 'ci',
    hash,
    permissions: ['job', 'cluster:read'],
    userId: 3,
    expiresAtMs: Date.UTC(2031, 0, 1),
  }) as const

/** The store must be empty before each case. */
export function tokenStoreCases(store: () => TokenStore): void {
  test('a token is found by its hash, as it was inserted and active', async () => {
    const tokens = store()
    const given = token(hashOf('one'))
    const id = await tokens.insert(given)
    assert.deepEqual(await tokens.find(given.hash), { ...given, id, active: true })
    assert.equal(await tokens.find(hashOf('another')), undefined)
  })

  test('tokens are counted', async () => {
    const tokens = store()
    assert.equal(await tokens.count(), 0)
    await tokens.insert(token(hashOf('one')))
    await tokens.insert(token(hashOf('two')))
    assert.equal(await tokens.count(), 2)
  })

  test('the same token cannot be inserted twice, and the refusal does not say it', async () => {
    const tokens = store()
    const given = token(hashOf('one'))
    await tokens.insert(given)
    await assert.rejects(tokens.insert(given), (error: Error) => {
      assert.doesNotMatch(inspect(error), new RegExp(given.hash))
      return true
    })
    assert.equal(await tokens.count(), 1)
  })

  test('a token that never expires stays far in the future', async () => {
    const tokens = store()
    const given = { ...token(hashOf('one')), expiresAtMs: Number.MAX_SAFE_INTEGER }
    await tokens.insert(given)
    assert.equal((await tokens.find(given.hash))?.expiresAtMs, Date.UTC(9999, 11, 31))
  })
}
