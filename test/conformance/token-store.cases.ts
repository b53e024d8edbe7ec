// What every TokenStore promises.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { inspect } from 'node:util'
import type { NewToken, TokenStore, TokenUse } from '../../src/model/ports.ts'

export interface TokenStoreBench {
  readonly tokens: TokenStore
  /** Moves the noted time of the last use into the past. */
  readonly age: (id: number, ms: number) => Promise<void>
}

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex')

const token = (name: string, given: Partial<NewToken> = {}): NewToken => ({
  name,
  bio: 'for the pipeline',
  hash: hashOf(name),
  permissions: ['job', 'cluster:read'],
  userId: 3,
  expiresAtMs: Date.UTC(2099, 0, 1),
  ...given,
})

const use: TokenUse = { contract: 'open-api', operation: 'listJobs', client: 'harbor-jobservice/2.12' }

/** No numbers that a table could have as an id. */
const notThere = [0, -1, 4_000_000_000, Number.MAX_SAFE_INTEGER, 1e300, 1.5, Number.NaN]

/** The store must be empty before each case. */
export function tokenStoreCases(bench: () => TokenStoreBench): void {
  insertCases(bench)
  findCases(bench)
  changeCases(bench)
}

function insertCases(bench: () => TokenStoreBench): void {
  test('a token reads back as it was inserted: active, and never used', async () => {
    const { tokens } = bench()
    const given = token('ci')
    const inserted = await tokens.insert(given)
    const { id, createdAtMs, updatedAtMs, ...rest } = inserted
    assert.deepEqual(rest, { ...given, active: true, lastUsedAtMs: null, lastUsedFor: null })
    assert.ok(Math.abs(createdAtMs - Date.now()) < 60_000, 'the time is in milliseconds since the epoch')
    assert.equal(updatedAtMs, createdAtMs)
    assert.deepEqual(await tokens.get(id), inserted)
  })

  test('tokens are counted', async () => {
    const { tokens } = bench()
    assert.equal(await tokens.count(), 0)
    await tokens.insert(token('one'))
    await tokens.insert(token('two'))
    assert.equal(await tokens.count(), 2)
  })

  test('a name that is taken is refused by name, also where two take it at once', async () => {
    const { tokens } = bench()
    const asked = ['a', 'b', 'c', 'd'].map((hash) => tokens.insert(token('the "ci"', { hash: hashOf(hash) })))
    const ends = await Promise.allSettled(asked)
    assert.equal(ends.filter((end) => end.status === 'fulfilled').length, 1)
    for (const end of ends) {
      if (end.status === 'fulfilled') continue
      const { code, message } = Object(end.reason)
      assert.deepEqual([code, message], ['request.conflict', 'There is a token named "the \\"ci\\"" already.'])
      for (const { hash } of ['a', 'b', 'c', 'd'].map((one) => ({ hash: hashOf(one) }))) {
        assert.doesNotMatch(inspect(end.reason, { depth: 9 }), new RegExp(hash))
      }
    }
    assert.equal(await tokens.count(), 1)
  })

  test('the same token cannot be inserted twice, and the refusal does not say it', async () => {
    const { tokens } = bench()
    const { hash } = await tokens.insert(token('one'))
    await assert.rejects(tokens.insert(token('two', { hash })), (error: Error) => {
      assert.doesNotMatch(inspect(error, { depth: 9 }), new RegExp(hash))
      return true
    })
    assert.equal(await tokens.count(), 1)
  })

  test('a token that never expires stays far in the future', async () => {
    const { tokens } = bench()
    const { id, expiresAtMs } = await tokens.insert(token('one', { expiresAtMs: Number.MAX_SAFE_INTEGER }))
    assert.equal(expiresAtMs, Date.UTC(9999, 11, 31))
    assert.equal((await tokens.change(id, { expiresAtMs: 1e300 }))?.expiresAtMs, Date.UTC(9999, 11, 31))
  })

  test('text that PostgreSQL cannot keep is kept without what it cannot', async () => {
    const { tokens } = bench()
    const { id, name, bio } = await tokens.insert(token('a\0b', { bio: 'c\0d' }))
    assert.deepEqual([name, bio], ['a\uFFFDb', 'c\uFFFDd'])
    assert.equal((await tokens.change(id, { bio: 'e\0f' }))?.bio, 'e\uFFFDf')
  })
}

function findCases(bench: () => TokenStoreBench): void {
  test('a token is found by its hash, and its use and the time of it are noted', async () => {
    const { tokens } = bench()
    const inserted = await tokens.insert(token('ci'))
    assert.equal(await tokens.find(hashOf('another'), use), undefined)
    const found = await tokens.find(inserted.hash, use)
    assert.ok(found?.lastUsedAtMs)
    assert.ok(Math.abs(found.lastUsedAtMs - Date.now()) < 60_000)
    assert.deepEqual(found, { ...inserted, lastUsedAtMs: found.lastUsedAtMs, lastUsedFor: use })
    assert.deepEqual(await tokens.get(inserted.id), found)
  })

  test('the use is noted again only when the last note is older than a minute', async () => {
    const { tokens, age } = bench()
    const { id, hash } = await tokens.insert(token('ci'))
    const other = { ...use, operation: 'getJob' }
    const first = await tokens.find(hash, use)
    assert.deepEqual(await tokens.find(hash, other), first)
    await age(id, 50_000)
    const aged = await tokens.get(id)
    assert.deepEqual(await tokens.find(hash, other), aged)
    await age(id, 20_000)
    const noted = await tokens.find(hash, other)
    assert.ok(Number(noted?.lastUsedAtMs) >= Number(first?.lastUsedAtMs))
    assert.deepEqual(noted?.lastUsedFor, other)
    assert.deepEqual((await tokens.list({}, 1, 1)).rows, [noted])
  })

  test('a client whose name PostgreSQL cannot keep is noted without what it cannot', async () => {
    const { tokens } = bench()
    const { hash } = await tokens.insert(token('ci'))
    const found = await tokens.find(hash, { ...use, client: 'a\0b?\\c\ud800' })
    assert.deepEqual(found?.lastUsedFor, { ...use, client: 'a\uFFFDb?\\c\uFFFD' })
  })

  test('300 who find the same token at once all find it', async () => {
    const { tokens } = bench()
    const { id, hash } = await tokens.insert(token('ci'))
    const found = await Promise.all(Array.from({ length: 300 }, () => tokens.find(hash, use)))
    assert.ok(found.every((record) => record?.id === id))
    assert.ok((await tokens.get(id))?.lastUsedAtMs)
  })

  test('a token that is revoked or has expired is found, and its use is not noted', async () => {
    const { tokens } = bench()
    const revoked = await tokens.insert(token('revoked'))
    await tokens.change(revoked.id, { active: false })
    const expired = await tokens.insert(token('expired', { expiresAtMs: 1_000 }))
    assert.deepEqual(await tokens.find(expired.hash, use), expired)
    const found = await tokens.find(revoked.hash, use)
    assert.deepEqual([found?.active, found?.lastUsedAtMs, found?.lastUsedFor], [false, null, null])
  })
}

function changeCases(bench: () => TokenStoreBench): void {
  test('a change writes what it names and nothing else', async () => {
    const { tokens } = bench()
    const inserted = await tokens.insert(token('ci'))
    const { id } = inserted
    const steps = [
      { bio: 'for the other pipeline' },
      { permissions: ['cluster', 'personal-access-token'] },
      { active: false },
      { expiresAtMs: Date.UTC(2040, 0, 1) },
      { userId: 9 },
      {},
    ] as const
    let expected = inserted
    for (const change of steps) {
      const changed = await tokens.change(id, change)
      assert.ok(changed && changed.updatedAtMs >= expected.updatedAtMs)
      expected = { ...expected, ...change, updatedAtMs: changed.updatedAtMs }
      assert.deepEqual(changed, expected)
      assert.deepEqual(await tokens.get(id), expected)
    }
  })

  test('a list is newest first, in pages, and can be limited by state and user', async () => {
    const { tokens } = bench()
    const ids: number[] = []
    for (const name of ['a', 'b', 'c']) ids.unshift((await tokens.insert(token(name))).id)
    const other = await tokens.insert(token('d', { userId: 4 }))
    await tokens.change(ids[0] ?? 0, { active: false })
    const idsOf = async (...asked: Parameters<TokenStore['list']>) =>
      (await tokens.list(...asked)).rows.map((record) => record.id)
    assert.deepEqual(await idsOf({}, 1, 3), [other.id, ...ids.slice(0, 2)])
    assert.deepEqual(await idsOf({}, 2, 3), ids.slice(2))
    assert.deepEqual(await idsOf({}, 3, 3), [])
    assert.deepEqual(await idsOf({ userId: 3 }, 1, 9), ids)
    assert.deepEqual(await idsOf({ active: false }, 1, 9), ids.slice(0, 1))
    assert.deepEqual(await idsOf({ active: true, userId: 3 }, 1, 9), ids.slice(1))
    assert.equal((await tokens.list({ userId: 3 }, 1, 1)).total, 3)
    assert.deepEqual((await tokens.list({ userId: 4 }, 1, 1)).rows, [other])
  })

  test('a removed token is gone, and its name is free', async () => {
    const { tokens } = bench()
    const { id, hash } = await tokens.insert(token('ci'))
    assert.equal(await tokens.remove(id), true)
    assert.equal(await tokens.remove(id), false)
    assert.equal(await tokens.find(hash, use), undefined)
    await tokens.insert(token('ci'))
  })

  test('a token that was never made is not found, whatever number is asked for', async () => {
    const { tokens } = bench()
    for (const id of notThere) {
      assert.equal(await tokens.get(id), undefined)
      assert.equal(await tokens.change(id, { active: false }), undefined)
      assert.equal(await tokens.remove(id), false)
    }
  })
}
